using System.Globalization;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.RabbitMqPubSub;

/// <summary>
/// The exchanges and queues of one subscription, declared exactly as Dapr declares them, so that both can share a broker: an exchange with the topic's name,
/// a queue <c>{consumerID}-{topic}</c>, and with <c>enableDeadLetter</c> an exchange <c>dlx-{queue}</c> with a queue <c>dlq-{queue}</c>.
/// </summary>
internal sealed record Topology
{
    private readonly RabbitMqOptions _options;
    private readonly Dictionary<string, object?> _arguments;
    private readonly string[] _routingKeys;

    /// <exception cref="RabbitMqException">Subscription metadata is wrong.</exception>
    public Topology(TopicSubscription subscription, RabbitMqOptions options)
    {
        _options = options;
        var metadata = subscription.Metadata;
        Topic = subscription.Topic;
        Queue = Text(metadata, "queueName") ?? $"{subscription.ConsumerGroup}-{subscription.Topic}";
        _routingKeys = (Text(metadata, "routingKey") ?? "").Split(',');
        _arguments = Limits();
        if (options.EnableDeadLetter)
            _arguments["x-dead-letter-exchange"] = DeadLetterExchange;
        if (Number(metadata, "maxPriority") is { } priority)
            _arguments["x-max-priority"] = (int)Math.Min(priority, byte.MaxValue);
        _arguments["x-queue-type"] = Text(metadata, "queueType") switch
        {
            null or "classic" => "classic",
            "quorum" => "quorum",
            var other => throw Wrong("queueType", other, "classic or quorum"),
        };
        if (Text(metadata, "singleActiveConsumer")?.Trim().ToUpperInvariant() is "TRUE" or "YES" or "Y" or "ON" or "T" or "1")
            _arguments["x-single-active-consumer"] = true;
        if (Number(metadata, "maxLenBytes") is { } bytes)
            _arguments["x-max-length-bytes"] = bytes;
        if (Number(metadata, "maxLen") is { } length)
            _arguments["x-max-length"] = length;
    }

    public string Topic { get; }

    public string Queue { get; }

    private string DeadLetterExchange => "dlx-" + Queue;

    private string DeadLetterQueue => "dlq-" + Queue;

    /// <summary>The exchange of a topic; publishers declare it too.</summary>
    /// <exception cref="RabbitMqException">It is there already and different, or may not be made.</exception>
    public static async Task DeclareExchangeAsync(IChannel channel, string topic, RabbitMqOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await channel.ExchangeDeclareAsync(topic, options.ExchangeKind, options.Durable, options.DeleteWhenUnused, cancellationToken: cancellationToken);
        }
        catch (OperationInterruptedException error)
        {
            throw RabbitMqException.NotDeclared($"exchange '{topic}' ({options.ExchangeKind}, durable {options.Durable}, deletedWhenUnused {options.DeleteWhenUnused})", error);
        }
    }

    /// <summary>Declares and binds all of it.</summary>
    /// <exception cref="RabbitMqException">A part is there already and different, or may not be made.</exception>
    public async Task DeclareAsync(IChannel channel, CancellationToken cancellationToken)
    {
        await DeclareExchangeAsync(channel, Topic, _options, cancellationToken);
        if (_options.EnableDeadLetter)
            await DeclareDeadLettersAsync(channel, cancellationToken);
        try
        {
            await channel.QueueDeclareAsync(Queue, _options.Durable, exclusive: false, _options.DeleteWhenUnused, _arguments, cancellationToken: cancellationToken);
            foreach (var key in _routingKeys)
            {
                await channel.QueueBindAsync(Queue, Topic, key, cancellationToken: cancellationToken);
            }
        }
        catch (OperationInterruptedException error)
        {
            var arguments = string.Join(", ", _arguments.Select(pair => $"{pair.Key} {pair.Value}"));
            throw RabbitMqException.NotDeclared($"queue '{Queue}' (durable {_options.Durable}, deletedWhenUnused {_options.DeleteWhenUnused}, {arguments})", error);
        }
    }

    private async Task DeclareDeadLettersAsync(IChannel channel, CancellationToken cancellationToken)
    {
        try
        {
            await channel.ExchangeDeclareAsync(DeadLetterExchange, "fanout", durable: true, _options.DeleteWhenUnused, cancellationToken: cancellationToken);
            var arguments = Limits();
            arguments["x-queue-mode"] = "lazy";
            await channel.QueueDeclareAsync(DeadLetterQueue, durable: true, exclusive: false, _options.DeleteWhenUnused, arguments, cancellationToken: cancellationToken);
            await channel.QueueBindAsync(DeadLetterQueue, DeadLetterExchange, "", cancellationToken: cancellationToken);
        }
        catch (OperationInterruptedException error)
        {
            throw RabbitMqException.NotDeclared($"the dead-letter queue '{DeadLetterQueue}' or its exchange '{DeadLetterExchange}'", error);
        }
    }

    private Dictionary<string, object?> Limits()
    {
        var limits = new Dictionary<string, object?>();
        if (_options.MaxLength > 0)
            limits["x-max-length"] = _options.MaxLength;
        if (_options.MaxLengthBytes > 0)
            limits["x-max-length-bytes"] = _options.MaxLengthBytes;
        return limits;
    }

    private long? Number(IReadOnlyDictionary<string, string> metadata, string name)
    {
        if (Text(metadata, name) is not { } text)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong(name, text, "a whole number");
    }

    private static string? Text(IReadOnlyDictionary<string, string> metadata, string name) =>
        metadata.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    private RabbitMqException Wrong(string name, string value, string wanted) =>
        new($"the subscription to topic '{Topic}' has metadata '{name}' with '{value}', but it must be {wanted}", isFinal: true);
}
