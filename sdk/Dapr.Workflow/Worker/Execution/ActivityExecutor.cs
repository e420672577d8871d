using Dapr.Common.Serialization;
using Dapr.Workflow.Abstractions;
using Dapr.Workflow.Client;
using Microsoft.Extensions.Logging;
using Wire = Dapr.Protocol.Workflow;

namespace Dapr.Workflow.Worker.Execution;

/// <summary>Runs one activity and reports how it ended.</summary>
internal sealed partial class ActivityExecutor(IWorkflowsFactory factory, IDaprSerializer serializer, ILogger<ActivityExecutor> logger)
{
    public async Task<Wire.ActivityResponse> ExecuteAsync(Wire.ActivityRequest request, IServiceProvider services)
    {
        var instanceId = request.WorkflowInstance?.InstanceId ?? "";
        var response = new Wire.ActivityResponse { InstanceId = instanceId, TaskId = request.TaskId };
        using var span = WorkflowTracing.Start("activity", request.Name, instanceId, request.ParentTraceContext);
        try
        {
            if (factory.TryCreateActivity(request.Name, services, out var activity, out var activationException))
            {
                var input = string.IsNullOrEmpty(request.Input) ? null : serializer.Deserialize(request.Input, activity!.InputType);
                response.Result = serializer.Serialize(await activity!.RunAsync(new Context(request, instanceId), input));
            }
            else
            {
                LogNotRegistered(request.Name, activationException);
                response.FailureDetails = activationException is null
                    ? new Wire.TaskFailureDetails { ErrorType = "ActivityNotFoundException", ErrorMessage = $"Activity '{request.Name}' not found" }
                    : WorkflowWireFormat.ToWire(activationException);
            }
        }
        catch (Exception e)
        {
            LogFailed(request.Name, instanceId, e);
            span?.SetStatus(System.Diagnostics.ActivityStatusCode.Error, e.Message);
            response.FailureDetails = WorkflowWireFormat.ToWire(e);
        }
        return response;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Activity {Activity} of workflow instance {InstanceId} failed")]
    private partial void LogFailed(string activity, string instanceId, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Activity {Activity} cannot be created: it is not registered, or its constructor failed")]
    private partial void LogNotRegistered(string activity, Exception? error);

    private sealed class Context(Wire.ActivityRequest request, string instanceId) : WorkflowActivityContext
    {
        public override TaskIdentifier Identifier { get; } = new(request.Name);

        // Runtimes before 1.16 hand no id along.
        public override string TaskExecutionKey { get; } = request.TaskExecutionId.Length > 0 ? request.TaskExecutionId : $"{instanceId}:{request.TaskId}";

        public override string InstanceId { get; } = instanceId;
    }
}
