using Dapr.Protocol.Grpc;
using Dapr.Protocol.Workflow;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Dapr.Protocol.Methods;

/// <summary>The workflow protocol, <c>TaskHubSidecarService</c> (its proto has no package).</summary>
public static class TaskHubMethods
{
    /// <summary>Full service name.</summary>
    public const string Service = "TaskHubSidecarService";

#pragma warning disable CS1591 // the names are Dapr's own; the proto files say what they carry
    public static readonly GrpcMethod<Empty, Empty> Hello = Unary<Empty, Empty>("Hello");
    public static readonly GrpcMethod<CreateInstanceRequest, CreateInstanceResponse> StartInstance = Unary<CreateInstanceRequest, CreateInstanceResponse>("StartInstance");
    public static readonly GrpcMethod<GetInstanceRequest, GetInstanceResponse> GetInstance = Unary<GetInstanceRequest, GetInstanceResponse>("GetInstance");
    public static readonly GrpcMethod<GetInstanceRequest, GetInstanceResponse> WaitForInstanceStart = Unary<GetInstanceRequest, GetInstanceResponse>("WaitForInstanceStart");
    public static readonly GrpcMethod<GetInstanceRequest, GetInstanceResponse> WaitForInstanceCompletion = Unary<GetInstanceRequest, GetInstanceResponse>("WaitForInstanceCompletion");
    public static readonly GrpcMethod<RaiseEventRequest, RaiseEventResponse> RaiseEvent = Unary<RaiseEventRequest, RaiseEventResponse>("RaiseEvent");
    public static readonly GrpcMethod<TerminateRequest, TerminateResponse> TerminateInstance = Unary<TerminateRequest, TerminateResponse>("TerminateInstance");
    public static readonly GrpcMethod<SuspendRequest, SuspendResponse> SuspendInstance = Unary<SuspendRequest, SuspendResponse>("SuspendInstance");
    public static readonly GrpcMethod<ResumeRequest, ResumeResponse> ResumeInstance = Unary<ResumeRequest, ResumeResponse>("ResumeInstance");
    public static readonly GrpcMethod<PurgeInstancesRequest, PurgeInstancesResponse> PurgeInstances = Unary<PurgeInstancesRequest, PurgeInstancesResponse>("PurgeInstances");
    public static readonly GrpcMethod<GetWorkItemsRequest, WorkItem> GetWorkItems = new(GrpcMethodKind.ServerStream, Service, "GetWorkItems");
    public static readonly GrpcMethod<ActivityResponse, CompleteTaskResponse> CompleteActivityTask = Unary<ActivityResponse, CompleteTaskResponse>("CompleteActivityTask");
    public static readonly GrpcMethod<WorkflowResponse, CompleteTaskResponse> CompleteOrchestratorTask = Unary<WorkflowResponse, CompleteTaskResponse>("CompleteOrchestratorTask");
    public static readonly GrpcMethod<WorkflowResponse, CompleteTaskResponse> CompleteWorkflowTask = Unary<WorkflowResponse, CompleteTaskResponse>("CompleteWorkflowTask");
    public static readonly GrpcMethod<RerunWorkflowFromEventRequest, RerunWorkflowFromEventResponse> RerunWorkflowFromEvent = Unary<RerunWorkflowFromEventRequest, RerunWorkflowFromEventResponse>("RerunWorkflowFromEvent");
    public static readonly GrpcMethod<ListInstanceIDsRequest, ListInstanceIDsResponse> ListInstanceIds = Unary<ListInstanceIDsRequest, ListInstanceIDsResponse>("ListInstanceIDs");
    public static readonly GrpcMethod<GetInstanceHistoryRequest, GetInstanceHistoryResponse> GetInstanceHistory = Unary<GetInstanceHistoryRequest, GetInstanceHistoryResponse>("GetInstanceHistory");
#pragma warning restore CS1591

    private static GrpcMethod<TRequest, TResponse> Unary<TRequest, TResponse>(string name)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() => new(GrpcMethodKind.Unary, Service, name);
}
