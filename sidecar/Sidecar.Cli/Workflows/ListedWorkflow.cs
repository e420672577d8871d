using System.Globalization;
using System.Text.Json.Serialization;
using Dapr.Protocol.Workflow;
using Sidecar.Runtime.Workflows;

namespace Sidecar.Cli.Workflows;

/// <summary>An instance under the names <c>dapr workflow list -o json</c> has for it, with its input and output when one instance is shown.</summary>
internal sealed record ListedWorkflow
{
    /// <summary>Not in dapr: what a damaged instance is listed as.</summary>
    public const string Quarantined = "QUARANTINED";

    public required string Namespace { get; init; }

    [JsonPropertyName("appID")]
    public required string AppId { get; init; }

    public string Name { get; init; } = "";

    [JsonPropertyName("instanceID")]
    public required string InstanceId { get; init; }

    public DateTimeOffset? Created { get; init; }

    public DateTimeOffset? LastUpdate { get; init; }

    public required string RuntimeStatus { get; init; }

    public string CustomStatus { get; init; } = "";

    public string FailureMessage { get; init; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Input { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Output { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ParentInstanceId { get; init; }

    [JsonIgnore]
    public bool IsTerminal => RuntimeStatus is "COMPLETED" or "FAILED" or "CANCELED" or "TERMINATED";

    public static ListedWorkflow Of(FoundWorkflow found, string appId, string @namespace, bool withData)
    {
        var state = found.State;
        return new ListedWorkflow
        {
            Namespace = @namespace,
            AppId = appId,
            Name = state?.Name ?? "",
            InstanceId = found.InstanceId,
            Created = TimeOf(state?.CreatedTimestamp),
            LastUpdate = TimeOf(state?.LastUpdatedTimestamp),
            RuntimeStatus = state is null ? Quarantined : state.WorkflowStatus == OrchestrationStatus.Stalled ? "STALLED" : WorkflowStatusNames.Of(state),
            CustomStatus = state?.CustomStatus ?? "",
            FailureMessage = found.Problem ?? state?.FailureDetails?.ErrorMessage.ReplaceLineEndings("") ?? "",
            Input = withData ? state?.Input : null,
            Output = withData ? state?.Output : null,
            ParentInstanceId = withData ? state?.ParentInstanceId : null,
        };
    }

    /// <summary>An age as people read it: two units of days, hours, minutes, seconds at most.</summary>
    public static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 10 } => Number(age.TotalDays, "d"),
        { TotalDays: >= 2 } => Number(age.TotalDays, "d") + (age.Hours > 0 ? Number(age.Hours, "h") : ""),
        { TotalHours: >= 3 } => Number(age.TotalHours, "h"),
        { TotalMinutes: >= 10 } => Number(age.TotalMinutes, "m"),
        { TotalMinutes: >= 2 } => Number(age.TotalMinutes, "m") + (age.Seconds > 0 ? Number(age.Seconds, "s") : ""),
        _ => Number(Math.Max(0, age.TotalSeconds), "s"),
    };

    private static string Number(double value, string unit) => Math.Floor(value).ToString(CultureInfo.InvariantCulture) + unit;

    private static DateTimeOffset? TimeOf(Google.Protobuf.WellKnownTypes.Timestamp? time) =>
        time is null ? null : DateTimeOffset.FromUnixTimeSeconds(time.Seconds);
}

/// <summary>JSON of the list.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ListedWorkflow[]))]
[JsonSerializable(typeof(HistoryLine[]))]
internal sealed partial class WorkflowJson : JsonSerializerContext;
