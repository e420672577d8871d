using System.Text.Json;
using System.Text.Json.Serialization;
using Dapr.Jobs.Models;

namespace Dapr.Jobs.JsonConverters;

/// <summary>Reads and writes a schedule as its expression.</summary>
internal sealed class DaprJobScheduleConverter : JsonConverter<DaprJobSchedule>
{
    public override DaprJobSchedule? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } expression ? new DaprJobSchedule(expression) : null;

    public override void Write(Utf8JsonWriter writer, DaprJobSchedule value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ExpressionValue);
}
