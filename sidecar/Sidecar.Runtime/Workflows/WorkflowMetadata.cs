using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sidecar.Runtime.Workflows;

/// <summary>The value of an instance's <c>metadata</c> key: which history chunks are its own.</summary>
/// <param name="Generation">Counts executions under this id: continue-as-new and reuse begin a new one.</param>
/// <param name="FirstChunk">First history chunk of this generation.</param>
/// <param name="NextChunk">Chunk that the next turn writes. Chunk numbers are never used twice, so a second writer is noticed.</param>
/// <param name="Events">Events in the history, to notice a truncated one.</param>
/// <param name="Continued">The execution goes on from an earlier one, so it counts as running from the start.</param>
/// <param name="HasReceived">There is a key with history that the parent shows.</param>
internal sealed record WorkflowMetadata(
    int Generation,
    int FirstChunk,
    int NextChunk,
    int Events,
    bool Continued = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool HasReceived = false)
{
    /// <summary>False for numbers that no turn has written: each chunk holds at least one event.</summary>
    [JsonIgnore]
    public bool IsPossible => FirstChunk >= 0 && NextChunk >= FirstChunk && Events >= NextChunk - FirstChunk && (Events == 0) == (NextChunk == FirstChunk);

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, WorkflowMetadataJson.Default.WorkflowMetadata);

    public static WorkflowMetadata Parse(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, WorkflowMetadataJson.Default.WorkflowMetadata) ?? throw new JsonException("null is no metadata");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(WorkflowMetadata))]
internal sealed partial class WorkflowMetadataJson : JsonSerializerContext;
