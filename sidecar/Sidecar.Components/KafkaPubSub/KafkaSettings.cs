using System.Text.RegularExpressions;
using Confluent.Kafka;

namespace Sidecar.Components.KafkaPubSub;

/// <summary>What the metadata of a <c>pubsub.kafka</c> component says, checked; the defaults are those of Dapr's component.</summary>
internal sealed record KafkaSettings
{
    /// <summary><c>brokers</c>: <c>host:port</c>, comma-separated.</summary>
    public required string Brokers { get; init; }

    /// <summary><c>consumerGroup</c>; without it the group is the one that the subscription names (<c>consumerID</c>, else the app id).</summary>
    public string? ConsumerGroup { get; init; }

    /// <summary><c>clientID</c>; Dapr's default is its client library's name.</summary>
    public string ClientId { get; init; } = "sarama";

    /// <summary>How to encrypt and who we are.</summary>
    public required KafkaSecurity Security { get; init; }

    /// <summary>Where a group without committed offsets begins: <c>initialOffset</c>.</summary>
    public AutoOffsetReset InitialOffset { get; init; } = AutoOffsetReset.Latest;

    /// <summary>Largest message, with key and headers, in bytes: <c>maxMessageBytes</c>.</summary>
    public int MaxMessageBytes { get; init; } = 1 << 20;

    /// <summary>A failed message is tried again in place, and its partition waits: <c>consumeRetryEnabled</c>.</summary>
    public bool RetryInPlace { get; init; } = true;

    /// <summary>Waits between those tries: the <c>backOff…</c> keys.</summary>
    public required RetryBackOff BackOff { get; init; }

    /// <summary>Wait before a consumer that broke is made anew: <c>consumeRetryInterval</c>.</summary>
    public TimeSpan ConsumeRetryInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(3);

    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Messages of a partition that wait in memory before fetching pauses; at least <c>channelBufferSize</c>.</summary>
    public int QueueDepth { get; init; } = 8192;

    public int FetchMin { get; init; } = 1;

    public int FetchDefault { get; init; } = 1 << 20;

    public CompressionType Compression { get; init; } = CompressionType.None;

    public Acks Acks { get; init; } = Acks.All;

    /// <summary><c>producerRetryMax</c>; without it tries end only with <see cref="PublishTimeout"/>.</summary>
    public int? ProducerRetryMax { get; init; }

    public PartitionAssignmentStrategy RebalanceStrategy { get; init; } = PartitionAssignmentStrategy.Range;

    public TimeSpan MetadataRefresh { get; init; } = TimeSpan.FromMinutes(8);

    /// <summary><c>escapeHeaders</c>: key and header values of a delivery are URL-encoded.</summary>
    public bool EscapeHeaders { get; init; }

    /// <summary><c>excludeHeaderMetaRegex</c>: neither published as headers nor delivered as metadata.</summary>
    public Regex? ExcludedHeaders { get; init; }

    /// <summary>How long a publish may take while the brokers cannot be reached.</summary>
    public TimeSpan PublishTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>What every client needs.</summary>
    public ClientConfig ToClientConfig()
    {
        var config = new ClientConfig
        {
            BootstrapServers = Brokers,
            ClientId = ClientId,
            TopicMetadataRefreshIntervalMs = (int)MetadataRefresh.TotalMilliseconds,
            SocketNagleDisable = true,
            // Dapr's client comes back quickly, too; librdkafka's own limit is 10 s.
            ReconnectBackoffMs = 50,
            ReconnectBackoffMaxMs = 1000,
            MessageMaxBytes = Math.Max(MaxMessageBytes, 1000),
        };
        Security.Apply(config);
        return config;
    }
}
