#nullable disable // the official types are not annotated

namespace Dapr;

/// <summary>Everything a subscription by <c>WithTopic</c> can say.</summary>
public class TopicOptions
{
    /// <summary>Metadata of the subscription.</summary>
    public IDictionary<string, string> Metadata;

    /// <summary>The topic.</summary>
    public string Name { get; set; }

    /// <summary>Name of the pub/sub component.</summary>
    public string PubsubName { get; set; }

    /// <summary>Whether events come without a CloudEvent around them.</summary>
    public bool EnableRawPayload { get; set; }

    /// <summary>The rule that events must meet (CEL); null or empty for the default route.</summary>
    public string Match { get; set; }

    /// <summary>Where the rule stands among those of the topic; the lowest is tried first.</summary>
    public int Priority { get; set; }

    /// <summary>Ids of the metadata entries that belong to the subscription.</summary>
    public string[] OwnedMetadatas { get; set; }

    /// <summary>What joins several values of one metadata name; a comma when null or empty.</summary>
    public string MetadataSeparator { get; set; }

    /// <summary>Where events go that fail for good; null for nowhere.</summary>
    public string DeadLetterTopic { get; set; }
}

/// <summary>What holds for all subscriptions of an application.</summary>
public class SubscribeOptions
{
    /// <summary>Whether all events come without a CloudEvent around them.</summary>
    public bool EnableRawPayload { get; set; }
}
