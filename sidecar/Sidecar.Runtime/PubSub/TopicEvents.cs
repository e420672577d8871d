using System.Text;
using System.Text.Json;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Sidecar.Runtime.PubSub;

/// <summary>Events in gRPC's form: the same message serves streams and, later, apps that speak gRPC.</summary>
internal static class TopicEvents
{
    public static TopicEventRequest ToRequest(in EventDelivery delivery)
    {
        using var document = JsonDocument.Parse(delivery.CloudEvent);
        var request = new TopicEventRequest { Topic = delivery.Message.Topic, PubsubName = delivery.PubSubName, Path = delivery.Path, Extensions = new Struct() };
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
                case "data": request.Data = DataOf(value); break;
                case "data_base64" when value.ValueKind == JsonValueKind.String: request.Data = ByteString.CopyFrom(value.GetBytesFromBase64()); break;
                case "topic" or "pubsubname": break;
                default: request.Extensions.Fields[property.Name] = ToValue(value); break;
            }
        }

        return request;
    }

    /// <summary>A text as it is; anything else as its JSON, byte for byte.</summary>
    private static ByteString DataOf(JsonElement data) => data.ValueKind == JsonValueKind.String
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
