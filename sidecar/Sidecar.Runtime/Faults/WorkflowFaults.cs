using Dapr.Protocol.Grpc;
using Dapr.Protocol.Workflow;
using Google.Protobuf;
using Sidecar.Runtime.Workflows;

namespace Sidecar.Runtime.Faults;

/// <summary>
/// Fault points between a workflow worker and its sidecar. A turn (<c>app/workflow.turn</c>) or activity (<c>app/activity:Name</c>) passes three: before it is handed to the worker, when the
/// worker's answer is there but not taken (<c>/answered</c>), and after it is taken. What clients ask (<c>app/workflow.StartInstance</c>, <c>app/workflow.RaiseEvent</c>) passes two.
/// </summary>
internal sealed class WorkflowFaults(FaultPoints points, string appId)
{
    /// <summary>Hands out a work item: twice, if a fault says so.</summary>
    public async Task SendAsync(WorkItem item, Func<WorkItem, CancellationToken, Task> send, CancellationToken cancellationToken)
    {
        var (point, instanceId) = item.RequestCase == WorkItem.RequestOneofCase.ActivityRequest
            ? ($"activity:{item.ActivityRequest.Name}", item.ActivityRequest.WorkflowInstance?.InstanceId)
            : ("workflow.turn", item.WorkflowRequest?.InstanceId);
        var fault = await points.PassAsync($"{appId}/{point}/before", new Passage(appId, null, [instanceId ?? ""]), cancellationToken);
        await send(item, cancellationToken);
        if (fault?.Kind == FaultKind.Twice)
            await send(item, cancellationToken);
    }

    /// <summary>Does what a worker or a client asks for.</summary>
    public Task<T> PassAsync<T>(string method, IMessage request, WorkflowEngine engine, Func<Task<T>> handle, CancellationToken cancellationToken) => request switch
    {
        ActivityResponse answer => PassAsync($"activity:{engine.ActivityNameOf(answer.InstanceId, answer.TaskId)}", "answered", answer.InstanceId, handle, cancellationToken),
        WorkflowResponse answer => PassAsync("workflow.turn", "answered", answer.InstanceId, handle, cancellationToken),
        _ when method is "StartInstance" or "RaiseEvent" or "TerminateInstance" or "SuspendInstance" or "ResumeInstance" or "PurgeInstances" =>
            PassAsync($"workflow.{method}", "before", request.ToString() ?? "", handle, cancellationToken),
        _ => handle(),
    };

    private async Task<T> PassAsync<T>(string point, string firstSide, string text, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        var passage = new Passage(appId, null, [text]);
        try
        {
            await points.PassAsync($"{appId}/{point}/{firstSide}", passage, cancellationToken);
            var result = await work();
            await points.PassAsync($"{appId}/{point}/after", passage, CancellationToken.None);
            return result;
        }
        catch (FaultException fault)
        {
            throw new GrpcException(GrpcStatusCode.Unavailable, fault.Message, inner: fault);
        }
    }
}
