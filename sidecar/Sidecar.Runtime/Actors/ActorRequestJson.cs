using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Dapr.Protocol.Common.V1;
using Sidecar.Runtime.Jobs;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Actors;

/// <summary>Bodies of the HTTP API. Field names compare without regard to case, unknown ones are passed over, as Go reads JSON.</summary>
internal static class ActorRequestJson
{
    /// <summary>Reads a state transaction: an array of <c>{"operation","request":{"key","value","etag","metadata"}}</c>; null is an empty one.</summary>
    /// <exception cref="JsonException">It has another shape.</exception>
    public static IReadOnlyList<ActorStateChange> ReadChanges(JsonElement body) => body.ValueKind switch
    {
        JsonValueKind.Null => [],
        JsonValueKind.Array => [.. body.EnumerateArray().Select(ReadChange)],
        _ => throw new JsonException("a transaction is an array of operations"),
    };

    /// <summary>Reads a reminder.</summary>
    /// <exception cref="JsonException">It has another shape.</exception>
    public static ActorReminderRequest ReadReminder(JsonElement body)
    {
        var policy = Find(body, "failurePolicy") ?? Find(body, "failure_policy");
        return new ActorReminderRequest(
            Text(body, "dueTime"), Text(body, "period"), Text(body, "ttl"), Raw(body, "data"), Find(body, "overwrite") is not { } overwrite || Flag(overwrite),
            policy is { Value.ValueKind: not JsonValueKind.Null } given ? JobJson.ReadPolicy(given) : null);
    }

    /// <summary>Reads a timer.</summary>
    /// <exception cref="JsonException">It has another shape.</exception>
    public static ActorTimerRequest ReadTimer(JsonElement body) =>
        new(Text(body, "dueTime"), Text(body, "period"), Text(body, "ttl"), Text(body, "callback"), Raw(body, "data"));

    /// <summary>Writes a reminder for a get call; what was not given is left out.</summary>
    public static void Write(Utf8JsonWriter json, StoredReminder reminder)
    {
        var schedule = reminder.Schedule;
        json.WriteStartObject();
        json.WriteString("actorID", reminder.ActorId);
        json.WriteString("actorType", reminder.ActorType);
        if (reminder.Data is { } data)
        {
            json.WritePropertyName("data");
            json.WriteRawValue(data, skipInputValidation: true);
        }

        if (schedule.Job.HasDueTime)
            json.WriteString("dueTime", schedule.Job.DueTime);
        if (schedule.Job.HasSchedule)
            json.WriteString("period", schedule.Job.Schedule);
        if (TimeToLive(reminder) is { } ttl)
            json.WriteString("ttl", ttl);
        json.WriteEndObject();
    }

    /// <summary>When a reminder ends, as an RFC 3339 time, or null.</summary>
    public static string? TimeToLive(StoredReminder reminder) =>
        reminder.Schedule.ExpiresAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    private static ActorStateChange ReadChange(JsonElement element)
    {
        var operation = Text(element, "operation");
        if (Find(element, "request") is not { Value: { ValueKind: JsonValueKind.Object } request })
            return new ActorStateChange(operation, "", default, null, null);
        var etag = Text(request, "etag");
        return new ActorStateChange(operation, Text(request, "key"), Find(request, "value") is { } value ? GoJson.Of(value.Value) : "null"u8.ToArray(), etag.Length == 0 ? null : etag, Map(request, "metadata")) { IsJson = true };
    }

    private static JsonProperty? Find(JsonElement body, string name)
    {
        if (body.ValueKind == JsonValueKind.Null)
            return null;
        if (body.ValueKind != JsonValueKind.Object)
            throw new JsonException($"expected an object, not {body.ValueKind}");
        foreach (var property in body.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return property;
        }

        return null;
    }

    private static string Text(JsonElement body, string name) => Find(body, name)?.Value switch
    {
        null or { ValueKind: JsonValueKind.Null } => "",
        { ValueKind: JsonValueKind.String } value => value.GetString()!,
        _ => throw new JsonException($"'{name}' must be a string"),
    };

    private static bool Flag(JsonProperty property) => property.Value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.Null => true,
        JsonValueKind.False => false,
        _ => throw new JsonException($"'{property.Name}' must be true or false"),
    };

    private static byte[]? Raw(JsonElement body, string name) => Find(body, name) is { } property ? GoJson.Compact(JsonMarshal.GetRawUtf8Value(property.Value)) : null;

    private static Dictionary<string, string>? Map(JsonElement body, string name) => Find(body, name)?.Value switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.Object } value => value.EnumerateObject().ToDictionary(
            entry => entry.Name, entry => entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : entry.Value.GetRawText(), StringComparer.Ordinal),
        _ => throw new JsonException($"'{name}' must be an object"),
    };
}
