using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sidecar.Cli.Messages;

/// <summary>What waits for one consumer group of one topic.</summary>
/// <param name="Topic">Topic.</param>
/// <param name="Group">Group: an app id, or the component's <c>consumerID</c>.</param>
/// <param name="Pending">Messages not acknowledged, those in flight included.</param>
/// <param name="InFlight">Messages under delivery now.</param>
/// <param name="Oldest">When the oldest of them was published; null for none.</param>
/// <param name="Instances">Instances that take messages.</param>
/// <param name="GivenUp">Messages the broker itself gave up (<c>maxDeliver</c>).</param>
public sealed record GroupView(string Topic, string Group, long Pending, int InFlight, DateTimeOffset? Oldest, int Instances, int GivenUp);

/// <summary>A pub/sub component of the run whose messages its own broker's tools show.</summary>
public sealed record OtherBroker(string Component, string Type);

/// <summary>What waits in a run.</summary>
public sealed record PendingView(IReadOnlyList<GroupView> Groups, int DeadLetters, IReadOnlyList<OtherBroker> OtherBrokers);

/// <summary>A dead letter.</summary>
/// <param name="Id">Its name for <c>show</c>, <c>replay</c> and <c>discard</c>.</param>
/// <param name="Topic">Topic it was delivered from.</param>
/// <param name="Group">Group that could not handle it.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When it was set aside.</param>
/// <param name="Deliveries">Deliveries before the broker gave up; null when the sidecar set it aside.</param>
/// <param name="Key">Partition key, or null.</param>
/// <param name="EventId">CloudEvent id, or null when it is no CloudEvent.</param>
/// <param name="EventType">CloudEvent type.</param>
/// <param name="EventSource">CloudEvent source.</param>
public sealed record LetterView(
    string Id, string Topic, string Group, string Reason, DateTimeOffset At, int? Deliveries, string? Key, string? EventId, string? EventType, string? EventSource);

/// <summary>A dead letter with what it says.</summary>
/// <param name="Letter">The letter.</param>
/// <param name="Metadata">Publish metadata.</param>
/// <param name="CloudEvent">The CloudEvent; null when the message is none.</param>
/// <param name="Raw">The bytes as a text, or in base64, when it is no CloudEvent.</param>
public sealed record LetterDetail(LetterView Letter, IReadOnlyDictionary<string, string> Metadata, JsonElement? CloudEvent, string? Raw);

/// <summary>What became of a letter that was to be replayed or discarded.</summary>
/// <param name="Id">The letter.</param>
/// <param name="Done">It was; false when there is no such letter any more.</param>
/// <param name="Problem">Why not, or null.</param>
public sealed record Settled(string Id, bool Done, string? Problem);

/// <summary>JSON of the views.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PendingView))]
[JsonSerializable(typeof(IReadOnlyList<LetterView>))]
[JsonSerializable(typeof(LetterDetail))]
[JsonSerializable(typeof(Settled))]
[JsonSerializable(typeof(IReadOnlyList<Settled>))]
internal sealed partial class MessagesJson : JsonSerializerContext;
