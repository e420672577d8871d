using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Sidecar.Runtime.Resources.Loading;
using Duration = Google.Protobuf.WellKnownTypes.Duration;

namespace Sidecar.Runtime.Jobs;

/// <summary>A job as the HTTP API reads and writes it; <c>data</c> is any JSON.</summary>
internal static class JobJson
{
    private static readonly JsonWriterOptions s_writer = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads the body of a schedule call.</summary>
    /// <exception cref="JsonException">It is no JSON object of this shape.</exception>
    public static (Job Job, bool Overwrite, bool NamesItself) Read(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body.IsEmpty ? "{}"u8.ToArray() : body);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("a job is a JSON object");
        }

        var job = new Job();
        var overwrite = false;
        var namesItself = false;
        foreach (var property in root.EnumerateObject().Where(property => property.Value.ValueKind != JsonValueKind.Null))
        {
            var value = property.Value;
            switch (property.Name)
            {
                case "name":
                    namesItself = Text(property).Length > 0;
                    break;
                case "schedule":
                    job.Schedule = Text(property);
                    break;
                case "dueTime" or "due_time":
                    job.DueTime = Text(property);
                    break;
                case "ttl":
                    job.Ttl = Text(property);
                    break;
                case "repeats":
                    job.Repeats = Number(property);
                    break;
                case "overwrite":
                    overwrite = value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(property, "true or false");
                    break;
                case "data":
                    job.Data = Any.Pack(Value.Parser.ParseJson(value.GetRawText()));
                    break;
                case "failurePolicy" or "failure_policy":
                    job.FailurePolicy = ReadPolicy(property);
                    break;
                default:
                    break;
            }
        }

        return (job, overwrite, namesItself);
    }

    /// <summary>Writes a job for a get call.</summary>
    public static ReadOnlyMemory<byte> Write(Job job)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer, s_writer);
        json.WriteStartObject();
        json.WriteString("name", job.Name);
        if (job.HasSchedule)
        {
            json.WriteString("schedule", job.Schedule);
        }

        if (job.HasRepeats)
        {
            json.WriteNumber("repeats", job.Repeats);
        }

        if (job.HasDueTime)
        {
            json.WriteString("dueTime", job.DueTime);
        }

        if (job.HasTtl)
        {
            json.WriteString("ttl", job.Ttl);
        }

        if (job.Data is { } data)
        {
            json.WritePropertyName("data");
            WriteData(json, data);
        }

        if (job.FailurePolicy is { } policy)
        {
            WritePolicy(json, policy);
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>A protobuf value as compact JSON; whole numbers without a fraction.</summary>
    public static string Format(Value value)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, s_writer))
        {
            WriteValue(json, value);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>An Any in protobuf's JSON: Dapr answers with the message as it is, not with what the client once sent.</summary>
    private static void WriteData(Utf8JsonWriter json, Any data)
    {
        json.WriteStartObject();
        json.WriteString("@type", data.TypeUrl);
        json.WritePropertyName("value");
        if (data.TryUnpack<Value>(out var value))
        {
            WriteValue(json, value);
        }
        else
        {
            WriteBytes(json, data);
        }

        json.WriteEndObject();
    }

    /// <summary>Scheduled over gRPC: bytes of the client's own making, most often JSON.</summary>
    private static void WriteBytes(Utf8JsonWriter json, Any data)
    {
        try
        {
            using var document = JsonDocument.Parse(data.Value.Memory);
            document.RootElement.WriteTo(json);
        }
        catch (JsonException)
        {
            json.WriteBase64StringValue(data.Value.Span);
        }
    }

    private static void WriteValue(Utf8JsonWriter json, Value value)
    {
        switch (value.KindCase)
        {
            case Value.KindOneofCase.BoolValue:
                json.WriteBooleanValue(value.BoolValue);
                break;
            case Value.KindOneofCase.NumberValue:
                json.WriteNumberValue(value.NumberValue);
                break;
            case Value.KindOneofCase.StringValue:
                json.WriteStringValue(value.StringValue);
                break;
            case Value.KindOneofCase.ListValue:
                json.WriteStartArray();
                foreach (var element in value.ListValue.Values)
                {
                    WriteValue(json, element);
                }

                json.WriteEndArray();
                break;
            case Value.KindOneofCase.StructValue:
                json.WriteStartObject();
                foreach (var (name, field) in value.StructValue.Fields)
                {
                    json.WritePropertyName(name);
                    WriteValue(json, field);
                }

                json.WriteEndObject();
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    private static void WritePolicy(Utf8JsonWriter json, JobFailurePolicy policy)
    {
        json.WriteStartObject("failurePolicy");
        if (policy.Drop is not null)
        {
            json.WriteStartObject("drop");
            json.WriteEndObject();
        }
        else if (policy.Constant is { } constant)
        {
            json.WriteStartObject("constant");
            if (constant.Interval is { } interval)
            {
                json.WriteString("interval", $"{interval.ToTimeSpan().TotalSeconds.ToString(CultureInfo.InvariantCulture)}s");
            }

            if (constant.HasMaxRetries)
            {
                json.WriteNumber("maxRetries", constant.MaxRetries);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>Reads a failure policy, of a job or of a reminder.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    internal static JobFailurePolicy ReadPolicy(JsonProperty property)
    {
        var policy = new JobFailurePolicy();
        if (property.Value.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(property, "an object");
        }

        if (property.Value.TryGetProperty("drop", out _))
        {
            policy.Drop = new JobFailurePolicyDrop();
        }
        else if (property.Value.TryGetProperty("constant", out var constant) && constant.ValueKind == JsonValueKind.Object)
        {
            policy.Constant = new JobFailurePolicyConstant();
            foreach (var field in constant.EnumerateObject())
            {
                if (field.Name == "interval")
                {
                    policy.Constant.Interval = GoDuration.TryParse(Text(field), out var interval) ? Duration.FromTimeSpan(interval) : throw Wrong(field, "a duration such as 1s");
                }
                else if (field.Name is "maxRetries" or "max_retries")
                {
                    policy.Constant.MaxRetries = Number(field);
                }
            }
        }
        else
        {
            throw Wrong(property, "{\"drop\":{}} or {\"constant\":{\"interval\":\"1s\",\"maxRetries\":3}}");
        }

        return policy;
    }

    private static string Text(JsonProperty property) =>
        property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : throw Wrong(property, "a string");

    /// <summary>A number, also as a text: protobuf's JSON takes both.</summary>
    private static uint Number(JsonProperty property) => property.Value.ValueKind switch
    {
        JsonValueKind.Number when property.Value.TryGetUInt32(out var number) => number,
        JsonValueKind.String when uint.TryParse(property.Value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw Wrong(property, "a whole number"),
    };

    private static JsonException Wrong(JsonProperty property, string expected) => new($"'{property.Name}' must be {expected}");
}
