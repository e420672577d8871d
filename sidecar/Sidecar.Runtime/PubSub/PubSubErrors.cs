using Sidecar.Runtime.Errors;

namespace Sidecar.Runtime.PubSub;

/// <summary>Refusals of pub/sub in Dapr's words. Their details name the component, but for one that is not there.</summary>
internal static class PubSubErrors
{
    public static DaprApiException NameEmpty(IReadOnlyDictionary<string, string> metadata) => Refuse("ERR_PUBSUB_EMPTY", 404, 3, "NAME_EMPTY", "", "pubsub name is empty", metadata);

    public static DaprApiException NotFound(string pubsub, IReadOnlyDictionary<string, string> metadata) =>
        new("ERR_PUBSUB_NOT_FOUND", 404, 3, $"pubsub {pubsub} is not found") { Reason = "DAPR_PUBSUB_NOT_FOUND", Metadata = metadata };

    public static DaprApiException TopicEmpty(string pubsub, IReadOnlyDictionary<string, string> metadata) =>
        Refuse("ERR_TOPIC_NAME_EMPTY", 404, 3, "TOPIC_NAME_EMPTY", pubsub, $"topic is empty in pubsub {pubsub}", metadata);

    public static DaprApiException BadMetadata(string pubsub, string problem, IReadOnlyDictionary<string, string> metadata) =>
        Refuse("ERR_PUBSUB_REQUEST_METADATA", 400, 3, "METADATA_DESERIALIZATION", pubsub, $"failed deserializing metadata. Error: {problem}", metadata);

    public static DaprApiException BadCloudEvent(string pubsub, string appId, string problem) =>
        Refuse("ERR_PUBSUB_CLOUD_EVENTS_SER", 500, 3, "CLOUD_EVENT_CREATION", pubsub, "cannot create cloudevent", Of(("appID", appId), ("error", problem)));

    public static DaprApiException BadBulkRequest(string pubsub, string topic, string appId, string problem) => Refuse(
        "ERR_PUBSUB_EVENTS_SER", 400, 3, "UNMARSHAL_EVENTS", pubsub, $"error when unmarshaling the request for topic {topic} pubsub {pubsub}: {problem}", Of(("appID", appId)));

    public static DaprApiException BadEntryData(string pubsub, string topic, string appId, string problem) => Refuse(
        "ERR_PUBSUB_EVENTS_SER", 400, 3, "MARSHAL_ENVELOPE", pubsub,
        $"error when marshalling cloud event envelope for topic {topic} pubsub {pubsub}: {problem}", Of(("appID", appId), ("error", problem)));

    public static DaprApiException BadEntryId(string pubsub, string topic, string appId)
    {
        const string Problem = "entryId is duplicated or not present for entry";
        return Refuse(
            "ERR_PUBSUB_EVENTS_SER", 400, 3, "MARSHAL_EVENTS", pubsub,
            $"error marshaling events to bytes for topic {topic} pubsub {pubsub}. error: {Problem}", Of(("appID", appId), ("error", Problem)));
    }

    public static DaprApiException Forbidden(string pubsub, string topic, string appId)
    {
        var message = $"topic {topic} is not allowed for app id {appId}";
        return Refuse("ERR_PUBSUB_FORBIDDEN", 403, 7, "FORBIDDEN", pubsub, message, Of(("topic", topic), ("error", message)));
    }

    public static DaprApiException PublishFailed(string pubsub, string topic, Exception error) => Refuse(
        "ERR_PUBSUB_PUBLISH_MESSAGE", 500, 13, "PUBLISH_MESSAGE", pubsub, $"error when publishing to topic {topic} in pubsub {pubsub}: {error.Message}",
        Of(("topic", topic), ("error", error.Message)), error);

    private static DaprApiException Refuse(
        string code, int http, int grpc, string reason, string pubsub, string message, IReadOnlyDictionary<string, string> metadata, Exception? inner = null) =>
        new(code, http, grpc, message, inner)
        {
            Reason = "DAPR_PUBSUB_" + reason,
            ResourceType = "pubsub",
            ResourceName = pubsub,
            ResourceDescription = message,
            Metadata = metadata,
        };

    private static Dictionary<string, string> Of(params ReadOnlySpan<(string Key, string Value)> fields)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in fields)
            metadata[key] = value;
        return metadata;
    }
}
