using System.Runtime.CompilerServices;
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
    public static readonly GrpcMethod<Empty, Empty> Hello = Unary<Empty, Empty>();
    public static readonly GrpcMethod<CreateInstanceRequest, CreateInstanceResponse> StartInstance = Unary<CreateInstanceRequest, CreateInstanceResponse>();
    public static readonly GrpcMethod<GetInstanceRequest, GetInstanceResponse> GetInstance = Unary<GetInstanceRequest, GetInstanceResponse>();
    public static readonly GrpcMethod<GetInstanceRequest, GetInstanceResponse> WaitForInstanceStart = Unary<GetInstanceRequest, GetInstanceResponse>();
    public static readonly GrpcMethod<GetInstanceRequest, GetInstanceResponse> WaitForInstanceCompletion = Unary<GetInstanceRequest, GetInstanceResponse>();
    public static readonly GrpcMethod<RaiseEventRequest, RaiseEventResponse> RaiseEvent = Unary<RaiseEventRequest, RaiseEventResponse>();
    public static readonly GrpcMethod<TerminateRequest, TerminateResponse> TerminateInstance = Unary<TerminateRequest, TerminateResponse>();
    public static readonly GrpcMethod<SuspendRequest, SuspendResponse> SuspendInstance = Unary<SuspendRequest, SuspendResponse>();
    public static readonly GrpcMethod<ResumeRequest, ResumeResponse> ResumeInstance = Unary<ResumeRequest, ResumeResponse>();
    public static readonly GrpcMethod<PurgeInstancesRequest, PurgeInstancesResponse> PurgeInstances = Unary<PurgeInstancesRequest, PurgeInstancesResponse>();
    public static readonly GrpcMethod<GetWorkItemsRequest, WorkItem> GetWorkItems = new(GrpcMethodKind.ServerStream, Service, "GetWorkItems");
    public static readonly GrpcMethod<ActivityResponse, CompleteTaskResponse> CompleteActivityTask = Unary<ActivityResponse, CompleteTaskResponse>();
    public static readonly GrpcMethod<WorkflowResponse, CompleteTaskResponse> CompleteOrchestratorTask = Unary<WorkflowResponse, CompleteTaskResponse>();
    public static readonly GrpcMethod<WorkflowResponse, CompleteTaskResponse> CompleteWorkflowTask = Unary<WorkflowResponse, CompleteTaskResponse>();
    public static readonly GrpcMethod<RerunWorkflowFromEventRequest, RerunWorkflowFromEventResponse> RerunWorkflowFromEvent =
        Unary<RerunWorkflowFromEventRequest, RerunWorkflowFromEventResponse>();
    public static readonly GrpcMethod<ListInstanceIDsRequest, ListInstanceIDsResponse> ListInstanceIds =
        Unary<ListInstanceIDsRequest, ListInstanceIDsResponse>("ListInstanceIDs");
    public static readonly GrpcMethod<GetInstanceHistoryRequest, GetInstanceHistoryResponse> GetInstanceHistory =
        Unary<GetInstanceHistoryRequest, GetInstanceHistoryResponse>();
#pragma warning restore CS1591

    private static GrpcMethod<TRequest, TResponse> Unary<TRequest, TResponse>([CallerMemberName] string name = "")
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() => new(GrpcMethodKind.Unary, Service, name);
}
