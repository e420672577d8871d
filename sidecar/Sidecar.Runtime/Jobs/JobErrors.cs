using Sidecar.Runtime.Errors;

namespace Sidecar.Runtime.Jobs;

/// <summary>Refusals of the jobs API, in Dapr's words: these have no <c>ERR_</c> tag, so the reason is the code.</summary>
internal sealed class JobErrors(string appId, string @namespace)
{
    public DaprApiException NameInBody() =>
        new("DAPR_SCHEDULER_JOB_NAME", 400, 3, "Set the job name in the url only") { Reason = "DAPR_SCHEDULER_JOB_NAME", Metadata = new Dictionary<string, string> { ["appID"] = appId } };

    public DaprApiException NameEmpty() => Make("DAPR_SCHEDULER_JOB_NAME_EMPTY", 400, 3, "Name is empty");

    public DaprApiException JobEmpty() => Make("DAPR_SCHEDULER_EMPTY", 400, 3, "Job is empty");

    public DaprApiException ScheduleEmpty() => Make("DAPR_SCHEDULER_SCHEDULE_EMPTY", 400, 3, "Schedule is empty");

    /// <summary>The scheduler refuses a job with a plain error, which reaches the caller as Internal. Source: dapr/dotnet-sdk#1455, pkg/api/errors/scheduler.go.</summary>
    public DaprApiException Invalid(FormatException problem) => Refused($"job failed validation: {problem.Message}", problem);

    /// <summary>The name cannot be part of the scheduler's key or of the app's path. Source: dapr/dapr#10120 (the same rule as for actors).</summary>
    public DaprApiException InvalidName(string problem) => Refused($"job name is invalid: {problem}", null);

    public DaprApiException AlreadyExists(string name) => Make(
        "DAPR_SCHEDULER_SCHEDULE_JOB", 409, 6, $"failed to schedule job due to: rpc error: code = AlreadyExists desc = job already exists: '{name}'");

    public DaprApiException NotFound(string name) => Make(
        "DAPR_SCHEDULER_GET_JOB", 500, 13, $"failed to get job due to: rpc error: code = NotFound desc = job not found: {name}");

    public DaprApiException ScheduleFailed(Exception e) => Make("DAPR_SCHEDULER_SCHEDULE_JOB", 500, 13, $"failed to schedule job due to: {e.Message}", e);

    public DaprApiException DeleteFailed(Exception e) => Make("DAPR_SCHEDULER_DELETE_JOB", 500, 13, $"failed to delete job due to: {e.Message}", e);

    public static DaprApiException Malformed(string problem) => new("ERR_MALFORMED_REQUEST", 400, 3, $"failed deserializing HTTP body: {problem}");

    private DaprApiException Refused(string problem, FormatException? inner) =>
        Make("DAPR_SCHEDULER_SCHEDULE_JOB", 500, 13, $"failed to schedule job due to: rpc error: code = Unknown desc = {problem}", inner);

    private DaprApiException Make(string reason, int http, int grpc, string message, Exception? inner = null) => new(reason, http, grpc, message, inner)
    {
        Reason = reason,
        Metadata = new Dictionary<string, string> { ["appID"] = appId, ["namespace"] = @namespace },
    };
}
