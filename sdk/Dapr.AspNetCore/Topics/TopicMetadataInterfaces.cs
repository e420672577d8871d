#nullable disable // the official types are not annotated

namespace Dapr;

/// <summary>Endpoint metadata that subscribes the endpoint to a topic.</summary>
public interface ITopicMetadata
{
    /// <summary>The topic.</summary>
    string Name { get; }

    /// <summary>Name of the pub/sub component.</summary>
    string PubsubName { get; }

    /// <summary>The rule that events must meet (CEL); null or empty for the default route.</summary>
    string Match { get; }

    /// <summary>Where the rule stands among those of the topic; the lowest is tried first.</summary>
    int Priority { get; }
}

/// <summary>Endpoint metadata that says whether events come without a CloudEvent around them.</summary>
public interface IRawTopicMetadata
{
    /// <summary>Whether events are delivered raw; null means as <see cref="SubscribeOptions"/> says.</summary>
    bool? EnableRawPayload { get; }
}

/// <summary>Endpoint metadata that names where failed events go.</summary>
public interface IDeadLetterTopicMetadata
{
    /// <summary>The dead-letter topic; null for none.</summary>
    string DeadLetterTopic { get; }
}

/// <summary>One entry of a subscription's metadata.</summary>
public interface IOriginalTopicMetadata
{
    /// <summary>Id by which a topic takes the entry; without one every topic of the endpoint takes it.</summary>
    string Id { get; }

    /// <summary>Name of the entry.</summary>
    string Name { get; }

    /// <summary>Value of the entry.</summary>
    string Value { get; }
}

/// <summary>Endpoint metadata that says which entries belong to a topic.</summary>
public interface IOwnedOriginalTopicMetadata
{
    /// <summary>Ids of the entries.</summary>
    string[] OwnedMetadatas { get; }

    /// <summary>What joins several values of one name; a comma when null or empty.</summary>
    string MetadataSeparator { get; }
}
