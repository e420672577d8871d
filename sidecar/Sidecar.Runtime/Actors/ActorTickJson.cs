using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sidecar.Runtime.Actors;

/// <summary>What the app gets when a timer or reminder ticks, and what it may answer.</summary>
internal static class ActorTickJson
{
    private static readonly JsonWriterOptions s_writer = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The body of a tick: <c>{"data","callback","dueTime","period"}</c>; a reminder has no callback, and data is left out when there is none.</summary>
    public static byte[] Write(byte[]? data, string? callback, string dueTime, string period)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer, s_writer))
        {
            json.WriteStartObject();
            if (data is not null)
            {
                json.WritePropertyName("data");
                json.WriteRawValue(data, skipInputValidation: true);
            }

            if (callback is not null)
                json.WriteString("callback", callback);
            json.WriteString("dueTime", dueTime);
            json.WriteString("period", period);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>True when the app asks for no further tick by the header <c>X-DaprReminderCancel</c>.</summary>
    public static bool IsCancelled(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("X-DaprReminderCancel", out var values) && values.ToString().ToUpperInvariant() is "TRUE" or "1" or "Y" or "YES" or "T" or "ON";
}
