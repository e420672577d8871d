using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dapr.Jobs.JsonConverters;

/// <summary>Reads and writes points in time in ISO 8601, to the tick and with their offset.</summary>
public sealed class Iso8601DateTimeJsonConverter : JsonConverter<DateTimeOffset?>
{
    /// <inheritdoc/>
    /// <exception cref="JsonException">The text is not a point in time.</exception>
    public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return null;

        var text = reader.GetString();
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time)
            ? time
            : throw new JsonException($"'{text}' is not a point in time in ISO 8601.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (value is { } time)
            writer.WriteStringValue(time.ToString("O", CultureInfo.InvariantCulture));
        else
            writer.WriteNullValue();
    }
}
