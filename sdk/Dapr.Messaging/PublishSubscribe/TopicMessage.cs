using Google.Protobuf.WellKnownTypes;

namespace Dapr.Messaging.PublishSubscribe;

/// <summary>A message of a topic.</summary>
/// <param name="Id">Id of the event.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Type">What kind of event it is.</param>
/// <param name="SpecVersion">Version of the CloudEvents specification.</param>
/// <param name="DataContentType">Media type of the data.</param>
/// <param name="Topic">The topic.</param>
/// <param name="PubSubName">The pub/sub component.</param>
public sealed record TopicMessage(string Id, string Source, string Type, string SpecVersion, string DataContentType, string Topic, string PubSubName)
{
    /// <summary>The data.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The route that a rule of the subscription chose.</summary>
    public string? Path { get; init; }

    /// <summary>Further attributes of the event.</summary>
    public IReadOnlyDictionary<string, Value> Extensions { get; init; } = new Dictionary<string, Value>();
}

/// <summary>Handles a message and says what becomes of it.</summary>
public delegate Task<TopicResponseAction> TopicMessageHandler(TopicMessage request, CancellationToken cancellationToken = default);

/// <summary>What becomes of a message.</summary>
public enum TopicResponseAction
{
    /// <summary>It was handled.</summary>
    Success,

    /// <summary>It comes again.</summary>
    Retry,

    /// <summary>It is dropped, to the dead-letter topic where there is one.</summary>
    Drop,
}
