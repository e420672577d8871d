using System.Text;
using System.Text.Json;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Sidecar.Runtime.PubSub;

/// <summary>Events in gRPC's form, for streams and for apps that speak gRPC.</summary>
internal static class TopicEvents
{
    /// <summary>A single delivery.</summary>
    /// <exception cref="FormatException">Its <c>data_base64</c> is none.</exception>
    public static TopicEventRequest ToRequest(in EventDelivery delivery)
    {
        var cloudEvent = ToCloudEvent(delivery.CloudEvent);
        return new TopicEventRequest
        {
            Id = cloudEvent.Id,
            Source = cloudEvent.Source,
            Type = cloudEvent.Type,
            SpecVersion = cloudEvent.SpecVersion,
            DataContentType = cloudEvent.DataContentType,
            Data = cloudEvent.Data,
            Extensions = cloudEvent.Extensions,
            Topic = delivery.Message.Topic,
            PubsubName = delivery.PubSubName,
            Path = delivery.Path,
        };
    }

    /// <summary>The attributes of a CloudEvent; what has no field of its own, topic and component included, is an extension.</summary>
    /// <exception cref="FormatException">Its <c>data_base64</c> is none.</exception>
    public static TopicEventCERequest ToCloudEvent(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var request = new TopicEventCERequest { Extensions = new Struct() };
        JsonElement? data = null;
        foreach (var property in document.RootElement.EnumerateObject())
        {
            var value = property.Value;
            switch (property.Name)
            {
                case "id": request.Id = value.ToString(); break;
                case "source": request.Source = value.ToString(); break;
                case "type": request.Type = value.ToString(); break;
                case "specversion": request.SpecVersion = value.ToString(); break;
                case "datacontenttype": request.DataContentType = value.ToString(); break;
                case "data": data = value; break;
                case "data_base64": request.Data = value.ValueKind == JsonValueKind.String ? ByteString.CopyFrom(value.GetBytesFromBase64()) : ByteString.Empty; break;
                default: request.Extensions.Fields[property.Name] = ToValue(value); break;
            }
        }

        if (data is { ValueKind: not JsonValueKind.Null } given)
            request.Data = DataOf(given, request.DataContentType);
        return request;
    }

    /// <summary>JSON byte for byte where the content type says JSON, a text with its quotes included; otherwise a text as it is.</summary>
    private static ByteString DataOf(JsonElement data, string contentType) =>
        data.ValueKind == JsonValueKind.String && !ContentTypes.IsJson(contentType)
            ? ByteString.CopyFromUtf8(data.GetString()!)
            : ByteString.CopyFrom(data.GetRawText(), Encoding.UTF8);

    private static Value ToValue(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => Value.ForString(json.GetString()!),
        JsonValueKind.Number => Value.ForNumber(json.GetDouble()),
        JsonValueKind.True => Value.ForBool(true),
        JsonValueKind.False => Value.ForBool(false),
        JsonValueKind.Array => Value.ForList([.. json.EnumerateArray().Select(ToValue)]),
        JsonValueKind.Object => Value.ForStruct(ToStruct(json)),
        _ => Value.ForNull(),
    };

    private static Struct ToStruct(JsonElement json)
    {
        var result = new Struct();
        foreach (var property in json.EnumerateObject())
        {
            result.Fields[property.Name] = ToValue(property.Value);
        }

        return result;
    }
}
