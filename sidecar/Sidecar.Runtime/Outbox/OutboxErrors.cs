using Sidecar.Runtime.Errors;

namespace Sidecar.Runtime.Outbox;

/// <summary>The outbox's one refusal, in Dapr's words: nothing was saved then.</summary>
internal static class OutboxErrors
{
    public static DaprApiException NotAnnounced(string appId, string problem, Exception? inner = null) =>
        new("ERR_PUBLISH_OUTBOX", 500, 13, $"error while publishing outbox message: {problem}", inner)
        {
            Reason = "DAPR_PUBSUB_OUTBOX",
            Metadata = new Dictionary<string, string> { ["appID"] = appId, ["error"] = problem },
        };
}
