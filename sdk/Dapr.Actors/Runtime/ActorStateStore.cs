#nullable enable
using System.Globalization;
using System.Text.Json;
using Dapr.Actors.Communication;
using Dapr.Actors.Sidecar;

namespace Dapr.Actors.Runtime;

/// <summary>An actor's state as the sidecar keeps it.</summary>
internal sealed class ActorStateStore(ActorApi api, string actorType, ActorId actorId, JsonSerializerOptions json)
{
    /// <summary>A value and when it expires; null when there is none, or none any more.</summary>
    public async Task<ActorStateResponse<T>?> FindAsync<T>(string name, CancellationToken cancellationToken) =>
        await ReadAsync(name, cancellationToken) is { } found ? new ActorStateResponse<T>(JsonSerializer.Deserialize<T>(found.Value, json)!, found.TTLExpireTime) : null;

    public async Task<bool> ContainsAsync(string name, CancellationToken cancellationToken) => await ReadAsync(name, cancellationToken) is not null;

    /// <summary>All of them or none.</summary>
    public Task SaveAsync(IReadOnlyCollection<ActorStateChange> changes, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartArray();
            foreach (var change in changes)
                Write(writer, change);

            writer.WriteEndArray();
        }

        return api.SaveStateAsync(actorType, actorId, stream.ToArray(), cancellationToken);
    }

    private async Task<ActorStateResponse<byte[]>?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await api.GetStateAsync(actorType, actorId, name, cancellationToken);
        return answer.Value.Length > 0 && !(answer.TTLExpireTime <= DateTimeOffset.UtcNow) ? answer : null;
    }

    private void Write(Utf8JsonWriter writer, ActorStateChange change)
    {
        var isRemoval = change.ChangeKind == StateChangeKind.Remove;
        writer.WriteStartObject();
        writer.WriteString("operation", isRemoval ? "delete" : "upsert");
        writer.WriteStartObject("request");
        writer.WriteString("key", change.StateName);
        if (!isRemoval)
        {
            writer.WritePropertyName("value");
            JsonSerializer.Serialize(writer, change.Value, change.Type, json);
            if (change.TTLExpireTime is { } expires)
                WriteTtl(writer, expires - DateTimeOffset.UtcNow);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteTtl(Utf8JsonWriter writer, TimeSpan ttl)
    {
        writer.WriteStartObject("metadata");
        writer.WriteString("ttlInSeconds", ((int)Math.Ceiling(ttl.TotalSeconds)).ToString(CultureInfo.InvariantCulture));
        writer.WriteEndObject();
    }
}
