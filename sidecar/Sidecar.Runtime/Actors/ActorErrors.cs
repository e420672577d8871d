using Sidecar.Runtime.Errors;

namespace Sidecar.Runtime.Actors;

/// <summary>Refusals of the actor API, with Dapr's codes and words. None has details (<c>pkg/messages/predefined.go</c>): only later versions add them.</summary>
internal static class ActorErrors
{
    public static DaprApiException RuntimeNotFound() => new(
        "ERR_ACTOR_RUNTIME_NOT_FOUND", 500, 13,
        "the state store is not configured to use the actor runtime. Have you set the - name: actorStateStore value: \"true\" in your state store component file?");

    public static DaprApiException InstanceMissing() => new("ERR_ACTOR_INSTANCE_MISSING", 400, 13, "actor instance is missing");

    public static DaprApiException Closed() => new("ERR_ACTOR_RUNTIME_CLOSED", 503, 14, "actor runtime is closed");

    public static DaprApiException StackDepth() => new("ERR_ACTOR_STACK_DEPTH", 500, 8, "maximum stack depth exceeded");

    public static DaprApiException UnsupportedOperation(string operation) =>
        new("ERR_NOT_SUPPORTED_STATE_OPERATION", 400, 12, $"operation type {operation} not supported");

    public static DaprApiException TypeReserved(string type) => Tell(
        "ERR_ACTOR_TYPE_RESERVED", 403, 7, $"actor type \"{type}\" is reserved for the Dapr workflow runtime; direct actor API access is not permitted");

    public static DaprApiException InvokeFailed(string problem, Exception? inner = null) => Tell("ERR_ACTOR_INVOKE_METHOD", 500, 13, $"error invoke actor method: {problem}", inner);

    public static DaprApiException BadRequest(string problem) => Tell("ERR_BAD_REQUEST", 400, 3, $"invalid request: {problem}");

    public static DaprApiException Malformed(string problem) => Tell("ERR_MALFORMED_REQUEST", 400, 3, $"failed deserializing HTTP body: {problem}");

    public static DaprApiException StateGetFailed(Exception e) => Tell("ERR_ACTOR_STATE_GET", 500, 13, $"error getting actor state: {e.Message}", e);

    public static DaprApiException TransactionFailed(Exception e) => Tell("ERR_ACTOR_STATE_TRANSACTION_SAVE", 500, 13, $"error saving actor transaction state: {e.Message}", e);

    public static DaprApiException TimerFailed(Exception e) => Tell("ERR_ACTOR_TIMER_CREATE", 500, 13, $"error creating actor timer: {e.Message}", e);

    public static DaprApiException ReminderCreateFailed(Exception e) => Tell("ERR_ACTOR_REMINDER_CREATE", 500, 13, $"error creating actor reminder: {e.Message}", e);

    public static DaprApiException ReminderGetFailed(Exception e) => Tell("ERR_ACTOR_REMINDER_GET", 500, 13, $"error getting actor reminder: {e.Message}", e);

    public static DaprApiException ReminderDeleteFailed(Exception e) => Tell("ERR_ACTOR_REMINDER_DELETE", 500, 13, $"error deleting actor reminder: {e.Message}", e);

    public static DaprApiException ReminderNotHosted() =>
        Tell("ERR_ACTOR_REMINDER_NON_HOSTED", 403, 7, "operations on actor reminders are only possible on hosted actor types");

    public static DaprApiException ReminderNotFound(string name) => Tell("ERR_ACTOR_REMINDER_NOT_FOUND", 404, 5, $"actor reminder not found: {name}");

    public static DaprApiException ReminderExists(string name) => Tell("ERR_ACTOR_REMINDER_ALREADY_EXISTS", 409, 6, $"actor reminder already exists: {name}");

    private static DaprApiException Tell(string code, int http, int grpc, string message, Exception? inner = null) => new(code, http, grpc, message, inner);
}
