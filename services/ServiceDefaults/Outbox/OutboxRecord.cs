using System.Text.Json;

namespace ServiceDefaults.Outbox;

/// <summary>An event that is committed and may not be published yet.</summary>
/// <param name="Id">CloudEvent id.</param>
/// <param name="Topic">Where it goes.</param>
/// <param name="Type">CloudEvent type.</param>
/// <param name="Key">Partition key: the order.</param>
/// <param name="Payload">CloudEvent data.</param>
/// <param name="At">When it was committed.</param>
/// <param name="TraceParent">The trace it belongs to.</param>
public sealed record OutboxRecord(string Id, string Topic, string Type, string Key, JsonElement Payload, DateTimeOffset At, string? TraceParent);

/// <summary>The document of one slot.</summary>
internal sealed record OutboxContent(IReadOnlyList<OutboxRecord> Records);
