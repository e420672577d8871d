using Sidecar.Runtime.Errors;

namespace Sidecar.Runtime.PubSub;

/// <summary>Refusals of pub/sub in Dapr's words.</summary>
internal static class PubSubErrors
{
    public static DaprApiException NotConfigured() =>
        Refuse("ERR_PUBSUB_NOT_CONFIGURED", 400, 9, "NOT_CONFIGURED", "", "pubsub is not configured");

    public static DaprApiException NameEmpty() => Refuse("ERR_PUBSUB_EMPTY", 404, 3, "NAME_EMPTY", "", "pubsub name is empty");

    public static DaprApiException NotFound(string pubsub) => Refuse("ERR_PUBSUB_NOT_FOUND", 404, 3, "NOT_FOUND", pubsub, $"pubsub {pubsub} not found");

    public static DaprApiException TopicEmpty(string pubsub) =>
        Refuse("ERR_TOPIC_NAME_EMPTY", 404, 3, "TOPIC_NAME_EMPTY", pubsub, $"topic is empty in pubsub {pubsub}");

    public static DaprApiException BadMetadata(string pubsub, string problem) =>
        Refuse("ERR_PUBSUB_REQUEST_METADATA", 400, 3, "METADATA_DESERIALIZATION", pubsub, $"failed deserializing metadata. Error: {problem}");

    public static DaprApiException BadCloudEvent(string pubsub, string problem) =>
        Refuse("ERR_PUBSUB_CLOUD_EVENTS_SER", 500, 3, "CLOUD_EVENT_CREATION", pubsub, $"cannot create cloudevent: {problem}");

    public static DaprApiException BadBulkRequest(string pubsub, string topic, string problem) =>
        Refuse("ERR_PUBSUB_EVENTS_SER", 400, 3, "UNMARSHAL_EVENTS", pubsub, $"error when unmarshaling the request for topic {topic} pubsub {pubsub}: {problem}");

    public static DaprApiException BadBulkEntry(string pubsub, string topic, string problem) =>
        Refuse("ERR_PUBSUB_EVENTS_SER", 400, 3, "MARSHAL_EVENTS", pubsub, $"error marshaling events to bytes for topic {topic} pubsub {pubsub}. error: {problem}");

    public static DaprApiException Forbidden(string pubsub, string topic, string appId) =>
        Refuse("ERR_PUBSUB_FORBIDDEN", 403, 7, "FORBIDDEN", pubsub, $"topic {topic} is not allowed for app id {appId}", topic);

    public static DaprApiException PublishFailed(string pubsub, string topic, Exception error) =>
        Refuse("ERR_PUBSUB_PUBLISH_MESSAGE", 500, 13, "PUBLISH_MESSAGE", pubsub, $"error when publishing to topic {topic} in pubsub {pubsub}: {error.Message}", topic, error);

    private static DaprApiException Refuse(
        string code, int http, int grpc, string reason, string pubsub, string message, string? topic = null, Exception? inner = null) =>
        new(code, http, grpc, message, inner)
        {
            Reason = "DAPR_PUBSUB_" + reason,
            ResourceType = "pubsub",
            ResourceName = pubsub,
            ResourceDescription = message,
            Metadata = topic is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["topic"] = topic, ["error"] = inner?.Message ?? message },
        };
}
