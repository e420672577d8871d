using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sidecar.Runtime.Resources.Loading;

/// <summary>Renders a YAML value as JSON: what a component gets when a metadata value is a list or a map.</summary>
internal static class YamlJson
{
    // Aliases can repeat a node many times over: the text they make is bounded.
    private const int MaxBytes = 1 << 20;

    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(YamlNode node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, s_options);
        Write(writer, node, node);
        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, YamlNode node, YamlNode root)
    {
        if (writer.BytesCommitted + writer.BytesPending > MaxBytes)
            throw root.Error($"makes more than {MaxBytes} bytes of JSON");
        switch (node)
        {
            case YamlMap map:
                writer.WriteStartObject();
                foreach (var (key, value) in map.Entries)
                {
                    writer.WritePropertyName(key);
                    Write(writer, value, root);
                }

                writer.WriteEndObject();
                break;
            case YamlList list:
                writer.WriteStartArray();
                foreach (var item in list.Items)
                {
                    Write(writer, item, root);
                }

                writer.WriteEndArray();
                break;
            case YamlScalar scalar:
                WriteScalar(writer, scalar);
                break;
        }
    }

    private static void WriteScalar(Utf8JsonWriter writer, YamlScalar scalar)
    {
        if (scalar.IsNull)
            writer.WriteNullValue();
        else if (scalar is { IsPlain: true, Boolean: { } flag })
            writer.WriteBooleanValue(flag);
        else if (scalar.Number is { } number)
            writer.WriteRawValue(number);
        else
            writer.WriteStringValue(scalar.Text);
    }
}
