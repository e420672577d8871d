#nullable enable
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dapr.Actors.Runtime;

#pragma warning disable CS0618 // the official shape of the wire's timer is a public class that is obsolete

/// <summary>The JSON of timers: durations as Go writes them, data in base64.</summary>
internal sealed class TimerInfoConverter : JsonConverter<TimerInfo>
{
    public override TimerInfo Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var json = document.RootElement;
        return new TimerInfo(
            json.Text("callback") ?? string.Empty, json.Bytes("data")!, Schedules.ReadDuration(json.Text("dueTime")), Schedules.ReadDuration(json.Text("period")), json.Ttl());
    }

    public override void Write(Utf8JsonWriter writer, TimerInfo value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("dueTime", Schedules.WriteDuration(value.DueTime));
        if (value.Period >= TimeSpan.Zero)
            writer.WriteString("period", Schedules.WriteDuration(value.Period));

        if (value.Data is not null)
            writer.WriteBase64String("data", value.Data);

        if (value.Callback is not null)
            writer.WriteString("callback", value.Callback);

        if (value.Ttl is { } ttl)
            writer.WriteString("ttl", Schedules.WriteDuration(ttl));

        writer.WriteEndObject();
    }
}
