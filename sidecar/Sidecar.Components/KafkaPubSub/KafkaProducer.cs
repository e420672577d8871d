using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.KafkaPubSub;

/// <summary>Publishes for every component of the host that has the same settings; idempotent, so that a retried send is neither doubled nor reordered.</summary>
internal sealed class KafkaProducer : IAsyncDisposable
{
    /// <summary>What the record format itself takes, at most.</summary>
    private const int RecordOverhead = 36;

    private static readonly TimeSpan s_flushTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_queueFullWait = TimeSpan.FromMilliseconds(10);
    private readonly KafkaSettings _settings;
    private readonly TimeProvider _time;
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private volatile Error? _lastError;

    // Every component has a producer before anything else of this library.
    static KafkaProducer() => NativeKafka.ResolveFor(typeof(Library).Assembly);

    private KafkaProducer(KafkaSettings settings, TimeProvider time, ILogger logger)
    {
        _settings = settings;
        _time = time;
        _producer = new ProducerBuilder<byte[]?, byte[]?>(Configure(settings))
            .SetErrorHandler((_, error) => _lastError = error)
            .SetLogHandler((_, line) => KafkaLog.Library(logger, line.Name, line.Message))
            .Build();
    }

    /// <summary>Makes a producer, which connects by itself when there is something to send.</summary>
    /// <exception cref="KafkaConnectException">The settings cannot be used together.</exception>
    public static KafkaProducer Create(KafkaSettings settings, TimeProvider time, ILogger logger)
    {
        try
        {
            return new KafkaProducer(settings, time, logger);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            // librdkafka checks its settings as a whole: a certificate it cannot read, an interval out of range.
            throw new KafkaConnectException(exception.Message, exception);
        }
    }

    /// <summary>Asks the brokers for a sign of life, trying for <paramref name="limit"/>.</summary>
    /// <exception cref="KafkaConnectException">No broker answers, or the brokers refuse us; the message says which.</exception>
    public Task ReachAsync(TimeSpan limit, CancellationToken cancellationToken) => Task.Run(() => Reach(limit, cancellationToken), cancellationToken);

    /// <summary>Returns when the brokers have the message.</summary>
    public async Task PublishAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        var record = ToRecord(message);
        while (true)
        {
            try
            {
                await _producer.ProduceAsync(message.Topic, record, cancellationToken);
                return;
            }
            catch (ProduceException<byte[]?, byte[]?> exception) when (exception.Error.Code == ErrorCode.Local_QueueFull)
            {
                // More is being published than the brokers take: publishers wait, none is turned away.
                await Task.Delay(s_queueFullWait, _time, cancellationToken);
            }
            catch (ProduceException<byte[]?, byte[]?> exception)
            {
                throw Explain(message.Topic, exception);
            }
        }
    }

    /// <summary>Publishes all at once; one entry for each message, null when the brokers have it.</summary>
    public async Task<Exception?[]> PublishAsync(IReadOnlyList<PubSubMessage> messages, CancellationToken cancellationToken)
    {
        var sending = new Task<Exception?>[messages.Count];
        for (var i = 0; i < sending.Length; i++)
        {
            sending[i] = OutcomeAsync(messages[i], cancellationToken);
        }

        return await Task.WhenAll(sending);
    }

    public ValueTask DisposeAsync() => new(Task.Run(() =>
    {
        _producer.Flush(s_flushTime);
        _producer.Dispose();
    }));

    private static ProducerConfig Configure(KafkaSettings settings)
    {
        var config = new ProducerConfig(settings.ToClientConfig())
        {
            Acks = settings.Acks,
            // What is not acknowledged by all cannot be idempotent.
            EnableIdempotence = settings.Acks == Acks.All,
            MessageTimeoutMs = (int)settings.PublishTimeout.TotalMilliseconds,
            CompressionType = settings.Compression,
            LingerMs = 0.2,
            DeliveryReportFields = "none",
        };
        if (settings.ProducerRetryMax is { } retries)
            config.MessageSendMaxRetries = settings.Acks == Acks.All ? Math.Max(retries, 1) : retries;
        // Dapr's client places a key by this hash: both must choose the same partition, or one key has two orders.
        config.Set("partitioner", "fnv1a_random");
        return config;
    }

    private void Reach(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var admin = new DependentAdminClientBuilder(_producer.Handle).Build();
        var start = _time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var left = limit - _time.GetElapsedTime(start);
            try
            {
                admin.GetMetadata(left < TimeSpan.FromSeconds(1) ? TimeSpan.FromMilliseconds(Math.Max(left.TotalMilliseconds, 1)) : TimeSpan.FromSeconds(1));
                return;
            }
            catch (KafkaException exception)
            {
                var error = _lastError ?? exception.Error;
                if (error.Code is ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed or ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed)
                    throw new KafkaConnectException($"the brokers at {_settings.Brokers} refuse us: {error.Reason}; check authType and its keys", exception);
                if (_time.GetElapsedTime(start) >= limit)
                    throw new KafkaConnectException($"no broker answers at {_settings.Brokers} ({error.Reason}); start one there, or correct 'brokers'", exception);
            }
        }
    }

    private Message<byte[]?, byte[]?> ToRecord(PubSubMessage message)
    {
        if (message.Metadata.TryGetValue("valueSchemaType", out var schema) && !schema.Equals("none", StringComparison.OrdinalIgnoreCase))
        {
            throw new NotSupportedException(schema.Equals("avro", StringComparison.OrdinalIgnoreCase)
                ? "publish metadata valueSchemaType is 'avro', but the embedded sidecar speaks to no schema registry; publish JSON, or run the app with daprd"
                : $"error parsing schema type. '{schema}' is not a supported value");
        }

        var record = new Message<byte[]?, byte[]?>
        {
            Key = KafkaHeaders.KeyOf(message.Metadata),
            // A JSON null is a tombstone, which deletes the key from a compacted topic.
            Value = message.Data.Span.SequenceEqual("null"u8) ? null : message.Data.ToArray(),
            Headers = KafkaHeaders.FromMetadata(message.Metadata, _settings.ExcludedHeaders),
        };
        var size = RecordOverhead + (record.Key?.Length ?? 0) + message.Data.Length;
        foreach (var header in record.Headers ?? [])
        {
            size += header.Key.Length + header.GetValueBytes().Length + 4;
        }

        return size <= _settings.MaxMessageBytes
            ? record
            : throw new InvalidOperationException(
                $"a message of {size} bytes to topic '{message.Topic}' is over this component's maxMessageBytes ({_settings.MaxMessageBytes}); send less, or raise it here and on the broker");
    }

    private async Task<Exception?> OutcomeAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await PublishAsync(message, cancellationToken);
            return null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return exception;
        }
    }

    private IOException Explain(string topic, ProduceException<byte[]?, byte[]?> exception) => new(
        exception.Error.Code switch
        {
            ErrorCode.Local_MsgTimedOut =>
                $"no broker at {_settings.Brokers} took a message to topic '{topic}' within {_settings.PublishTimeout.TotalSeconds:0} s ({_lastError?.Reason ?? exception.Error.Reason})",
            ErrorCode.MsgSizeTooLarge => $"a message to topic '{topic}' is over the brokers' limit (message.max.bytes); send less, or raise it there and maxMessageBytes here",
            ErrorCode.TopicAuthorizationFailed => $"the brokers do not allow us to write to topic '{topic}'",
            ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition =>
                $"there is no topic '{topic}', and the brokers at {_settings.Brokers} do not make it (auto.create.topics.enable); make it there",
            _ => $"publishing to topic '{topic}' failed: {exception.Error.Reason}",
        },
        exception);
}

/// <summary>The brokers cannot be used; the message says why.</summary>
internal sealed class KafkaConnectException(string message, Exception inner) : Exception(message, inner);
