using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.RabbitMqPubSub;

/// <summary>Publish metadata as AMQP properties, and AMQP properties as what a delivery tells.</summary>
internal static class MessageProperties
{
    private static readonly Dictionary<string, string> s_none = [];

    public static BasicProperties Of(PubSubMessage message, RabbitMqOptions options, ILogger logger)
    {
        var properties = new BasicProperties { ContentType = "text/plain" };
        if (options.DeliveryMode > 0)
            properties.DeliveryMode = (DeliveryModes)options.DeliveryMode;
        var metadata = message.Metadata;
        if (TimeToLive(message, logger) is { } seconds)
            properties.Expiration = Milliseconds(TimeSpan.FromSeconds(seconds));
        else if (options.TimeToLive is { } otherwise)
            properties.Expiration = Milliseconds(otherwise);
        if (metadata.Count == 0)
            return properties;

        if (Find(metadata, "priority") is { } priority)
        {
            if (ulong.TryParse(priority, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                properties.Priority = (byte)Math.Min(number, byte.MaxValue);
            else
                RabbitMqLog.Ignored(logger, "priority", message.Topic, priority, "whole number");
        }

        if (Find(metadata, "contentType") is { } contentType)
            properties.ContentType = contentType;
        if (Find(metadata, "messageId") is { } id)
            properties.MessageId = id;
        if (Find(metadata, "correlationId") is { } correlation)
            properties.CorrelationId = correlation;
        if (Find(metadata, "type") is { } type)
            properties.Type = type;
        return properties;
    }

    public static string RoutingKey(PubSubMessage message) => message.Metadata.Count == 0 ? "" : Find(message.Metadata, "routingKey") ?? "";

    /// <summary>What Dapr puts into the metadata of a delivery when <c>publishMessagePropertiesToMetadata</c> is on, and nothing when it is not.</summary>
    public static IReadOnlyDictionary<string, string> Told(IReadOnlyBasicProperties properties, RabbitMqOptions options)
    {
        if (!options.PublishMessagePropertiesToMetadata)
            return s_none;
        var told = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        Tell("messageid", properties.MessageId);
        Tell("correlationid", properties.CorrelationId);
        Tell("type", properties.Type);
        Tell("contenttype", properties.ContentType);
        foreach (var (name, value) in properties.Headers ?? new Dictionary<string, object?>())
        {
            if (value is not null)
                told["metadata." + name] = Text(value);
        }

        return told;

        void Tell(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                told["metadata." + name] = value;
        }
    }

    private static long? TimeToLive(PubSubMessage message, ILogger logger)
    {
        if (message.Metadata.Count == 0 || Find(message.Metadata, "ttlInSeconds") is not { } text)
            return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) && seconds > 0)
            return Math.Min(seconds, int.MaxValue);
        RabbitMqLog.Ignored(logger, "ttlInSeconds", message.Topic, text, "whole number above zero");
        return null;
    }

    // RabbitMQ takes at most 2^32 - 1 milliseconds, about 49 days.
    private static string Milliseconds(TimeSpan time) =>
        Math.Min((long)time.TotalMilliseconds, uint.MaxValue).ToString(CultureInfo.InvariantCulture);

    private static string? Find(IReadOnlyDictionary<string, string> metadata, string name)
    {
        if (metadata.TryGetValue(name, out var found))
            return found.Length > 0 ? found : null;
        foreach (var (key, value) in metadata)
        {
            if (value.Length > 0 && key.Equals(name, StringComparison.OrdinalIgnoreCase))
                return value;
        }

        return null;
    }

    private static string Text(object value) => value switch
    {
        byte[] text => Encoding.UTF8.GetString(text),
        bool truth => truth ? "true" : "false",
        IEnumerable<KeyValuePair<string, object?>> table => $"map[{string.Join(' ', table.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}:{(pair.Value is null ? "<nil>" : Text(pair.Value))}"))}]",
        System.Collections.IEnumerable list and not string => $"[{string.Join(' ', list.Cast<object?>().Select(item => item is null ? "<nil>" : Text(item)))}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
