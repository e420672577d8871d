using System.Runtime.CompilerServices;
using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Dapr.Protocol.Methods;

/// <summary>The sidecar's own API, <c>dapr.proto.runtime.v1.Dapr</c>.</summary>
public static class DaprMethods
{
    /// <summary>Full service name.</summary>
    public const string Service = "dapr.proto.runtime.v1.Dapr";

#pragma warning disable CS1591 // the names are Dapr's own; the proto files say what they carry
    public static readonly GrpcMethod<InvokeServiceRequest, InvokeResponse> InvokeService = Unary<InvokeServiceRequest, InvokeResponse>();

    public static readonly GrpcMethod<GetStateRequest, GetStateResponse> GetState = Unary<GetStateRequest, GetStateResponse>();
    public static readonly GrpcMethod<GetBulkStateRequest, GetBulkStateResponse> GetBulkState = Unary<GetBulkStateRequest, GetBulkStateResponse>();
    public static readonly GrpcMethod<SaveStateRequest, Empty> SaveState = Unary<SaveStateRequest, Empty>();
    public static readonly GrpcMethod<DeleteStateRequest, Empty> DeleteState = Unary<DeleteStateRequest, Empty>();
    public static readonly GrpcMethod<DeleteBulkStateRequest, Empty> DeleteBulkState = Unary<DeleteBulkStateRequest, Empty>();
    public static readonly GrpcMethod<ExecuteStateTransactionRequest, Empty> ExecuteStateTransaction = Unary<ExecuteStateTransactionRequest, Empty>();
    public static readonly GrpcMethod<QueryStateRequest, QueryStateResponse> QueryStateAlpha1 = Unary<QueryStateRequest, QueryStateResponse>();

    public static readonly GrpcMethod<PublishEventRequest, Empty> PublishEvent = Unary<PublishEventRequest, Empty>();
    public static readonly GrpcMethod<BulkPublishRequest, BulkPublishResponse> BulkPublishEvent = Unary<BulkPublishRequest, BulkPublishResponse>();
    public static readonly GrpcMethod<BulkPublishRequest, BulkPublishResponse> BulkPublishEventAlpha1 = Unary<BulkPublishRequest, BulkPublishResponse>();
    public static readonly GrpcMethod<SubscribeTopicEventsRequestAlpha1, SubscribeTopicEventsResponseAlpha1> SubscribeTopicEventsAlpha1 =
        new(GrpcMethodKind.Duplex, Service, "SubscribeTopicEventsAlpha1");

    public static readonly GrpcMethod<InvokeBindingRequest, InvokeBindingResponse> InvokeBinding = Unary<InvokeBindingRequest, InvokeBindingResponse>();

    public static readonly GrpcMethod<GetSecretRequest, GetSecretResponse> GetSecret = Unary<GetSecretRequest, GetSecretResponse>();
    public static readonly GrpcMethod<GetBulkSecretRequest, GetBulkSecretResponse> GetBulkSecret = Unary<GetBulkSecretRequest, GetBulkSecretResponse>();

    public static readonly GrpcMethod<InvokeActorRequest, InvokeActorResponse> InvokeActor = Unary<InvokeActorRequest, InvokeActorResponse>();
    public static readonly GrpcMethod<GetActorStateRequest, GetActorStateResponse> GetActorState = Unary<GetActorStateRequest, GetActorStateResponse>();
    public static readonly GrpcMethod<ExecuteActorStateTransactionRequest, Empty> ExecuteActorStateTransaction = Unary<ExecuteActorStateTransactionRequest, Empty>();
    public static readonly GrpcMethod<RegisterActorTimerRequest, Empty> RegisterActorTimer = Unary<RegisterActorTimerRequest, Empty>();
    public static readonly GrpcMethod<UnregisterActorTimerRequest, Empty> UnregisterActorTimer = Unary<UnregisterActorTimerRequest, Empty>();
    public static readonly GrpcMethod<RegisterActorReminderRequest, Empty> RegisterActorReminder = Unary<RegisterActorReminderRequest, Empty>();
    public static readonly GrpcMethod<UnregisterActorReminderRequest, Empty> UnregisterActorReminder = Unary<UnregisterActorReminderRequest, Empty>();
    public static readonly GrpcMethod<GetActorReminderRequest, GetActorReminderResponse> GetActorReminder = Unary<GetActorReminderRequest, GetActorReminderResponse>();
    public static readonly GrpcMethod<ListActorRemindersRequest, ListActorRemindersResponse> ListActorReminders =
        Unary<ListActorRemindersRequest, ListActorRemindersResponse>();
    public static readonly GrpcMethod<UnregisterActorRemindersByTypeRequest, UnregisterActorRemindersByTypeResponse> UnregisterActorRemindersByType =
        Unary<UnregisterActorRemindersByTypeRequest, UnregisterActorRemindersByTypeResponse>();

    public static readonly GrpcMethod<GetConfigurationRequest, GetConfigurationResponse> GetConfiguration =
        Unary<GetConfigurationRequest, GetConfigurationResponse>();
    public static readonly GrpcMethod<GetConfigurationRequest, GetConfigurationResponse> GetConfigurationAlpha1 =
        Unary<GetConfigurationRequest, GetConfigurationResponse>();
    public static readonly GrpcMethod<SubscribeConfigurationRequest, SubscribeConfigurationResponse> SubscribeConfiguration =
        new(GrpcMethodKind.ServerStream, Service, "SubscribeConfiguration");
    public static readonly GrpcMethod<SubscribeConfigurationRequest, SubscribeConfigurationResponse> SubscribeConfigurationAlpha1 =
        new(GrpcMethodKind.ServerStream, Service, "SubscribeConfigurationAlpha1");
    public static readonly GrpcMethod<UnsubscribeConfigurationRequest, UnsubscribeConfigurationResponse> UnsubscribeConfiguration =
        Unary<UnsubscribeConfigurationRequest, UnsubscribeConfigurationResponse>();
    public static readonly GrpcMethod<UnsubscribeConfigurationRequest, UnsubscribeConfigurationResponse> UnsubscribeConfigurationAlpha1 =
        Unary<UnsubscribeConfigurationRequest, UnsubscribeConfigurationResponse>();

    public static readonly GrpcMethod<TryLockRequest, TryLockResponse> TryLockAlpha1 = Unary<TryLockRequest, TryLockResponse>();
    public static readonly GrpcMethod<UnlockRequest, UnlockResponse> UnlockAlpha1 = Unary<UnlockRequest, UnlockResponse>();

    public static readonly GrpcMethod<EncryptRequest, EncryptResponse> EncryptAlpha1 = new(GrpcMethodKind.Duplex, Service, "EncryptAlpha1");
    public static readonly GrpcMethod<DecryptRequest, DecryptResponse> DecryptAlpha1 = new(GrpcMethodKind.Duplex, Service, "DecryptAlpha1");
    public static readonly GrpcMethod<SubtleGetKeyRequest, SubtleGetKeyResponse> SubtleGetKeyAlpha1 = Unary<SubtleGetKeyRequest, SubtleGetKeyResponse>();
    public static readonly GrpcMethod<SubtleEncryptRequest, SubtleEncryptResponse> SubtleEncryptAlpha1 = Unary<SubtleEncryptRequest, SubtleEncryptResponse>();
    public static readonly GrpcMethod<SubtleDecryptRequest, SubtleDecryptResponse> SubtleDecryptAlpha1 = Unary<SubtleDecryptRequest, SubtleDecryptResponse>();
    public static readonly GrpcMethod<SubtleWrapKeyRequest, SubtleWrapKeyResponse> SubtleWrapKeyAlpha1 = Unary<SubtleWrapKeyRequest, SubtleWrapKeyResponse>();
    public static readonly GrpcMethod<SubtleUnwrapKeyRequest, SubtleUnwrapKeyResponse> SubtleUnwrapKeyAlpha1 = Unary<SubtleUnwrapKeyRequest, SubtleUnwrapKeyResponse>();
    public static readonly GrpcMethod<SubtleSignRequest, SubtleSignResponse> SubtleSignAlpha1 = Unary<SubtleSignRequest, SubtleSignResponse>();
    public static readonly GrpcMethod<SubtleVerifyRequest, SubtleVerifyResponse> SubtleVerifyAlpha1 = Unary<SubtleVerifyRequest, SubtleVerifyResponse>();

    public static readonly GrpcMethod<GetMetadataRequest, GetMetadataResponse> GetMetadata = Unary<GetMetadataRequest, GetMetadataResponse>();
    public static readonly GrpcMethod<SetMetadataRequest, Empty> SetMetadata = Unary<SetMetadataRequest, Empty>();
    public static readonly GrpcMethod<ShutdownRequest, Empty> Shutdown = Unary<ShutdownRequest, Empty>();

    public static readonly GrpcMethod<ScheduleJobRequest, ScheduleJobResponse> ScheduleJob = Unary<ScheduleJobRequest, ScheduleJobResponse>();
    public static readonly GrpcMethod<GetJobRequest, GetJobResponse> GetJob = Unary<GetJobRequest, GetJobResponse>();
    public static readonly GrpcMethod<DeleteJobRequest, DeleteJobResponse> DeleteJob = Unary<DeleteJobRequest, DeleteJobResponse>();
    public static readonly GrpcMethod<ListJobsRequest, ListJobsResponse> ListJobs = Unary<ListJobsRequest, ListJobsResponse>();
    public static readonly GrpcMethod<DeleteJobsByPrefixRequest, DeleteJobsByPrefixResponse> DeleteJobsByPrefix =
        Unary<DeleteJobsByPrefixRequest, DeleteJobsByPrefixResponse>();
    public static readonly GrpcMethod<ScheduleJobRequest, ScheduleJobResponse> ScheduleJobAlpha1 = Unary<ScheduleJobRequest, ScheduleJobResponse>();
    public static readonly GrpcMethod<GetJobRequest, GetJobResponse> GetJobAlpha1 = Unary<GetJobRequest, GetJobResponse>();
    public static readonly GrpcMethod<DeleteJobRequest, DeleteJobResponse> DeleteJobAlpha1 = Unary<DeleteJobRequest, DeleteJobResponse>();
    public static readonly GrpcMethod<ListJobsRequestAlpha1, ListJobsResponseAlpha1> ListJobsAlpha1 = Unary<ListJobsRequestAlpha1, ListJobsResponseAlpha1>();
    public static readonly GrpcMethod<DeleteJobsByPrefixRequestAlpha1, DeleteJobsByPrefixResponseAlpha1> DeleteJobsByPrefixAlpha1 =
        Unary<DeleteJobsByPrefixRequestAlpha1, DeleteJobsByPrefixResponseAlpha1>();

    public static readonly GrpcMethod<StartWorkflowRequest, StartWorkflowResponse> StartWorkflowBeta1 = Unary<StartWorkflowRequest, StartWorkflowResponse>();
    public static readonly GrpcMethod<GetWorkflowRequest, GetWorkflowResponse> GetWorkflowBeta1 = Unary<GetWorkflowRequest, GetWorkflowResponse>();
    public static readonly GrpcMethod<TerminateWorkflowRequest, Empty> TerminateWorkflowBeta1 = Unary<TerminateWorkflowRequest, Empty>();
    public static readonly GrpcMethod<PauseWorkflowRequest, Empty> PauseWorkflowBeta1 = Unary<PauseWorkflowRequest, Empty>();
    public static readonly GrpcMethod<ResumeWorkflowRequest, Empty> ResumeWorkflowBeta1 = Unary<ResumeWorkflowRequest, Empty>();
    public static readonly GrpcMethod<PurgeWorkflowRequest, Empty> PurgeWorkflowBeta1 = Unary<PurgeWorkflowRequest, Empty>();
    public static readonly GrpcMethod<RaiseEventWorkflowRequest, Empty> RaiseEventWorkflowBeta1 = Unary<RaiseEventWorkflowRequest, Empty>();
    public static readonly GrpcMethod<StartWorkflowRequest, StartWorkflowResponse> StartWorkflowAlpha1 = Unary<StartWorkflowRequest, StartWorkflowResponse>();
    public static readonly GrpcMethod<GetWorkflowRequest, GetWorkflowResponse> GetWorkflowAlpha1 = Unary<GetWorkflowRequest, GetWorkflowResponse>();
    public static readonly GrpcMethod<TerminateWorkflowRequest, Empty> TerminateWorkflowAlpha1 = Unary<TerminateWorkflowRequest, Empty>();
    public static readonly GrpcMethod<PauseWorkflowRequest, Empty> PauseWorkflowAlpha1 = Unary<PauseWorkflowRequest, Empty>();
    public static readonly GrpcMethod<ResumeWorkflowRequest, Empty> ResumeWorkflowAlpha1 = Unary<ResumeWorkflowRequest, Empty>();
    public static readonly GrpcMethod<PurgeWorkflowRequest, Empty> PurgeWorkflowAlpha1 = Unary<PurgeWorkflowRequest, Empty>();
    public static readonly GrpcMethod<RaiseEventWorkflowRequest, Empty> RaiseEventWorkflowAlpha1 = Unary<RaiseEventWorkflowRequest, Empty>();
#pragma warning restore CS1591

    private static GrpcMethod<TRequest, TResponse> Unary<TRequest, TResponse>([CallerMemberName] string name = "")
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() => new(GrpcMethodKind.Unary, Service, name);
}
