#nullable disable // the official types are not annotated

namespace Dapr.AspNetCore;

/// <summary>Endpoint metadata that asks for a topic's events in batches.</summary>
public interface IBulkSubscribeMetadata
{
    /// <summary>The most events of a batch.</summary>
    int MaxMessagesCount { get; }

    /// <summary>The longest a batch may be held back to fill, in milliseconds.</summary>
    int MaxAwaitDurationMs { get; }

    /// <summary>The topic.</summary>
    string TopicName { get; }
}

/// <summary>Asks for a topic's events in batches. The endpoint takes a <see cref="BulkSubscribeMessage{TValue}"/>.</summary>
[AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
public class BulkSubscribeAttribute : Attribute, IBulkSubscribeMetadata
{
    /// <summary>Batches with limits of their own.</summary>
    public BulkSubscribeAttribute(string topicName, int maxMessagesCount, int maxAwaitDurationMs)
    {
        TopicName = topicName;
        MaxMessagesCount = maxMessagesCount;
        MaxAwaitDurationMs = maxAwaitDurationMs;
    }

    /// <summary>Batches of at most <paramref name="maxMessagesCount"/> events, held back at most a second.</summary>
    public BulkSubscribeAttribute(string topicName, int maxMessagesCount)
        : this(topicName, maxMessagesCount, 1000)
    {
    }

    /// <summary>Batches of at most 100 events, held back at most a second.</summary>
    public BulkSubscribeAttribute(string topicName)
        : this(topicName, 100)
    {
    }

    /// <inheritdoc/>
    public int MaxMessagesCount { get; }

    /// <inheritdoc/>
    public int MaxAwaitDurationMs { get; }

    /// <inheritdoc/>
    public string TopicName { get; }
}

/// <summary>Limits of the batches that <c>WithBulkSubscribe</c> asks for.</summary>
public class BulkSubscribeTopicOptions
{
    /// <summary>The most events of a batch.</summary>
    public int MaxMessagesCount { get; set; } = 100;

    /// <summary>The longest a batch may be held back to fill, in milliseconds.</summary>
    public int MaxAwaitDurationMs { get; set; } = 1000;

    /// <summary>The topic.</summary>
    public string TopicName { get; set; }
}
