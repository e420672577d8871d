#nullable enable
using System.Text.Json;

namespace Dapr.Actors.Runtime;

/// <summary>A reminder as it travels: to the sidecar when it is registered, back when it is asked for or due.</summary>
internal sealed record ReminderInfo(byte[]? Data, TimeSpan DueTime, TimeSpan Period, int? Repetitions, TimeSpan? Ttl)
{
    public static ReminderInfo Read(ReadOnlyMemory<byte> bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        var json = document.RootElement;
        var (period, repetitions) = Schedules.ReadPeriod(json.Text("period"));
        return new ReminderInfo(json.Bytes("data") ?? [], Schedules.ReadDuration(json.Text("dueTime")), period, repetitions, json.Ttl());
    }

    public byte[] Write()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("dueTime", Schedules.WriteDuration(DueTime));
            writer.WriteString("period", Schedules.WritePeriod(Period, Repetitions));
            writer.WriteBase64String("data", Data);
            if (Ttl is { } ttl)
                writer.WriteString("ttl", Schedules.WriteDuration(ttl));

            writer.WriteEndObject();
        }

        return stream.ToArray();
    }
}

/// <summary>What timers and reminders have in common in JSON.</summary>
internal static class ScheduleJson
{
    public static string? Text(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static TimeSpan? Ttl(this JsonElement json) => json.Text("ttl") is { Length: > 0 } ttl ? Schedules.ReadDuration(ttl) : null;

    /// <summary>Base64; what somebody else registered as JSON comes as that JSON.</summary>
    public static byte[]? Bytes(this JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;

        return value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out var bytes) ? bytes : JsonSerializer.SerializeToUtf8Bytes(value);
    }
}
