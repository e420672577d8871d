namespace Sidecar.Runtime.Access;

/// <summary>The methods of the Dapr service by the API they belong to: <c>name.version</c>, as rules name them (dapr: pkg/api/grpc/endpoints.go).</summary>
internal static class GrpcApis
{
    private static readonly Dictionary<string, string[]> s_methods = new(StringComparer.Ordinal)
    {
        ["invoke.v1"] = ["InvokeService"],
        ["state.v1"] = ["GetState", "GetBulkState", "SaveState", "DeleteState", "DeleteBulkState", "ExecuteStateTransaction"],
        ["state.v1alpha1"] = ["QueryStateAlpha1"],
        ["publish.v1"] = ["PublishEvent", "BulkPublishEvent"],
        ["publish.v1alpha1"] = ["BulkPublishEventAlpha1"],
        ["subscribe.v1alpha1"] = ["SubscribeTopicEventsAlpha1"],
        ["bindings.v1"] = ["InvokeBinding"],
        ["secrets.v1"] = ["GetSecret", "GetBulkSecret"],
        ["actors.v1"] =
        [
            "RegisterActorTimer", "UnregisterActorTimer", "RegisterActorReminder", "GetActorReminder", "UnregisterActorReminder", "UnregisterActorRemindersByType",
            "ListActorReminders", "GetActorState", "ExecuteActorStateTransaction", "InvokeActor",
        ],
        ["actors.v1alpha1"] = ["SubscribeActorEventsAlpha1"],
        ["metadata.v1"] = ["GetMetadata", "SetMetadata"],
        ["configuration.v1alpha1"] = ["GetConfigurationAlpha1", "SubscribeConfigurationAlpha1", "UnsubscribeConfigurationAlpha1"],
        ["configuration.v1"] = ["GetConfiguration", "SubscribeConfiguration", "UnsubscribeConfiguration"],
        ["lock.v1alpha1"] = ["TryLockAlpha1"],
        ["unlock.v1alpha1"] = ["UnlockAlpha1"],
        ["subtlecrypto.v1alpha1"] =
        [
            "SubtleGetKeyAlpha1", "SubtleEncryptAlpha1", "SubtleDecryptAlpha1", "SubtleSignAlpha1", "SubtleVerifyAlpha1", "SubtleWrapKeyAlpha1", "SubtleUnwrapKeyAlpha1",
        ],
        ["crypto.v1alpha1"] = ["EncryptAlpha1", "DecryptAlpha1"],
        ["workflows.v1alpha1"] = Workflows("Alpha1"),
        ["workflows.v1beta1"] = Workflows("Beta1"),
        ["jobs.v1alpha1"] = ["ScheduleJobAlpha1", "DeleteJobAlpha1", "GetJobAlpha1", "DeleteJobsByPrefixAlpha1", "ListJobsAlpha1"],
        ["jobs.v1"] = ["ScheduleJob", "DeleteJob", "GetJob", "DeleteJobsByPrefix", "ListJobs"],
        ["shutdown.v1"] = ["Shutdown"],
        ["conversation.v1alpha1"] = ["ConverseAlpha1"],
        ["conversation.v1alpha2"] = ["ConverseAlpha2"],
    };

    /// <summary>Names of the API's methods; none of an API that is not known, as with dapr.</summary>
    public static IEnumerable<string> MethodsOf(string name, string version) => s_methods.GetValueOrDefault($"{name}.{version}", []);

    private static string[] Workflows(string version) =>
    [
        $"StartWorkflow{version}", $"GetWorkflow{version}", $"TerminateWorkflow{version}", $"RaiseEventWorkflow{version}", $"PurgeWorkflow{version}", $"PauseWorkflow{version}",
        $"ResumeWorkflow{version}",
    ];
}
