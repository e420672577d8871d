using Sidecar.Runtime.Errors;

namespace Sidecar.Runtime.Workflows;

/// <summary>Refusals of the workflow management API, in Dapr's words (<c>pkg/messages/predefined.go</c>, then the engine's own, <c>backend/client.go</c>): without details, which only later versions add.</summary>
internal static class WorkflowErrors
{
    public const int MaxInstanceIdLength = 64;

    public static DaprApiException NoActorStateStore() => new(
        "ERR_ACTOR_RUNTIME_NOT_FOUND", 500, 13,
        "the state store is not configured to use the actor runtime. Have you set the - name: actorStateStore value: \"true\" in your state store component file?");

    public static DaprApiException NoSuchInstance(string id) =>
        Tell("ERR_INSTANCE_ID_NOT_FOUND", 404, 5, $"unable to find workflow with the provided instance ID: {id}");

    public static DaprApiException NoInstanceId() => Bad("ERR_INSTANCE_ID_PROVIDED_MISSING", "no instance ID was provided");

    public static DaprApiException InvalidInstanceId(string id) =>
        Bad("ERR_INSTANCE_ID_INVALID", $"workflow instance ID '{id}' is invalid: only alphanumeric and underscore characters are allowed");

    public static DaprApiException InstanceIdTooLong() =>
        Bad("ERR_INSTANCE_ID_TOO_LONG", $"workflow instance ID exceeds the max length of {MaxInstanceIdLength} characters");

    public static DaprApiException NoName() => Bad("ERR_WORKFLOW_NAME_MISSING", "workflow name is not configured");

    public static DaprApiException NoEventName() => Bad("ERR_WORKFLOW_EVENT_NAME_MISSING", "missing workflow event name");

    public static DaprApiException BadStartTime(string name, Exception inner) => Tell(
        "ERR_START_WORKFLOW", 500, 13, $"error starting workflow '{name}': start times must be in RFC3339 format (e.g. \"2009-11-10T23:00:00Z\")", inner);

    public static DaprApiException Start(string name, Exception e) => Failed("ERR_START_WORKFLOW", $"error starting workflow '{name}': unable to start workflow: failed to start workflow", e);

    public static DaprApiException Get(string id, Exception e) =>
        Failed("ERR_GET_WORKFLOW", $"error while getting workflow info on instance '{id}': failed to get workflow metadata for '{id}': failed to fetch workflow metadata", e);

    public static DaprApiException Terminate(string id, Exception e) => Failed("ERR_TERMINATE_WORKFLOW", $"error terminating workflow '{id}': failed to terminate workflow {id}: failed to submit termination request:", e);

    public static DaprApiException Pause(string id, Exception e) => Failed("ERR_PAUSE_WORKFLOW", $"error pausing workflow {id}: failed to pause workflow {id}: failed to suspend workflow", e);

    public static DaprApiException Resume(string id, Exception e) => Failed("ERR_RESUME_WORKFLOW", $"error resuming workflow {id}: failed to resume workflow {id}: failed to resume workflow", e);

    public static DaprApiException Purge(string id, Exception e) => Failed("ERR_PURGE_WORKFLOW", $"error purging workflow {id}: failed to Purge workflow {id}: failed to purge workflow state", e);

    public static DaprApiException RaiseEvent(string id, string name, Exception e) =>
        Failed("ERR_RAISE_EVENT_WORKFLOW", $"error raising event on workflow '{id}': failed to raise event {name} on workflow {id}: failed to raise event", e);

    /// <summary>Terminate and purge alone tell an unknown instance apart (<c>pkg/api/universal/workflow.go</c>); the others fail on it as on anything else.</summary>
    public static DaprApiException NotFoundOr(string id, WorkflowException e, Func<string, Exception, DaprApiException> otherwise) => e.IsNoSuchInstance ? NoSuchInstance(id) : otherwise(id, e);

    private static DaprApiException Bad(string code, string message) => Tell(code, 400, 3, message);

    private static DaprApiException Failed(string code, string message, Exception inner) => Tell(code, 500, 13, $"{message}: {inner.Message}", inner);

    private static DaprApiException Tell(string code, int http, int grpc, string message, Exception? inner = null) => new(code, http, grpc, message, inner);
}
