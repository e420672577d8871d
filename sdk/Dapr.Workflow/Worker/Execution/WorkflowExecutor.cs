using Dapr.Common.Serialization;
using Dapr.Workflow.Client;
using Dapr.Workflow.Registration;
using Microsoft.Extensions.Logging;
using Wire = Dapr.Protocol.Workflow;

namespace Dapr.Workflow.Worker.Execution;

/// <summary>Runs one turn of a workflow: replays its history, lets it take the new events, and returns what it wants done next.</summary>
internal sealed partial class WorkflowExecutor(IWorkflowsFactory factory, IDaprSerializer serializer, ILoggerFactory loggerFactory, NamedVersions? named = null)
{
    private readonly ILogger _logger = loggerFactory.CreateLogger<WorkflowExecutor>();

    /// <summary>
    /// Runs the turn on the calling thread. Nothing is awaited here: code that waits simply stays where it is, and the next turn runs it again.
    /// </summary>
    public Wire.WorkflowResponse Execute(Wire.WorkflowRequest request, IServiceProvider services)
    {
        // Without a context, whoever awaits a task of the workflow runs on inside the call that completes it: in order, on this thread.
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return Run(request, services);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    private Wire.WorkflowResponse Run(Wire.WorkflowRequest request, IServiceProvider services)
    {
        var response = new Wire.WorkflowResponse { InstanceId = request.InstanceId };
        if (request.NewEvents.LastOrDefault(e => e.ExecutionTerminated is not null) is { } terminated)
        {
            response.Actions.Add(Complete(new Wire.CompleteWorkflowAction { WorkflowStatus = Wire.OrchestrationStatus.Terminated, Result = terminated.ExecutionTerminated.Input }));
            response.Version = VersionOf(new PatchHistory(request.PastEvents).Recorded, null);
            return response;
        }
        var events = request.PastEvents.Concat(request.NewEvents);
        if (events.LastOrDefault(e => e.ExecutionStarted is not null) is not { } started)
        {
            response.Actions.Add(Complete(Failed("WorkflowNotStarted", $"The history of instance '{request.InstanceId}' does not say which workflow it is.")));
            return response;
        }
        var start = started.ExecutionStarted;
        var (className, isRecorded) = (named ?? NamedVersions.None).ClassFor(start.Name, request.PastEvents);
        if (!factory.TryCreateWorkflow(className, services, out var workflow, out var activationException))
        {
            if (isRecorded && activationException is null)
            {
                // Another worker may have that version: the runtime holds the instance until one comes.
                LogNotRegistered(className, request.InstanceId, null);
                response.Actions.Add(new Wire.WorkflowAction { WorkflowVersionNotAvailable = new Wire.WorkflowVersionNotAvailableAction() });
                return response;
            }

            LogNotRegistered(start.Name, request.InstanceId, activationException);
            response.Actions.Add(Complete(activationException is null
                ? Failed("WorkflowNotFound", $"Workflow '{start.Name}' is not registered in this app.")
                : new Wire.CompleteWorkflowAction { WorkflowStatus = Wire.OrchestrationStatus.Failed, FailureDetails = WorkflowWireFormat.ToWire(activationException) }));
            return response;
        }
        var patches = new PatchHistory(request.PastEvents);
        var context = new ReplayContext(request, start, patches, serializer, loggerFactory) { AppId = AppOf(started) };
        using var span = WorkflowTracing.Start("workflow", start.Name, request.InstanceId, start.ParentTraceContext);
        RunTurn(request, response, workflow!, start, context, patches);
        if (isRecorded)
            (response.Version ??= new Wire.WorkflowVersion()).Name = className;
        return response;
    }

    private void RunTurn(
        Wire.WorkflowRequest request, Wire.WorkflowResponse response, IWorkflow workflow, Wire.ExecutionStartedEvent start, ReplayContext context, PatchHistory patches)
    {
        var isSuspended = request.PastEvents.Concat(request.NewEvents).LastOrDefault(e => e.ExecutionSuspended is not null || e.ExecutionResumed is not null)?.ExecutionSuspended is not null;
        Task<object?>? running = null;
        Exception? broken = null;
        try
        {
            running = Replay(request.PastEvents, null, isReplaying: true);
            if (patches.NotEvaluated.FirstOrDefault() is { } missing)
            {
                response.Actions.Add(Complete(new Wire.CompleteWorkflowAction
                {
                    WorkflowStatus = Wire.OrchestrationStatus.Stalled,
                    Details = $"The history has taken the change '{missing}', which the code of this worker does not know.",
                }));
                return;
            }
            running = Replay(request.NewEvents, running, isReplaying: isSuspended);
        }
        catch (NonDeterministicWorkflowException e)
        {
            broken = e;
        }
        finally
        {
            context.EndTurn();
        }

        response.CustomStatus = context.CustomStatus;
        response.Version = VersionOf(patches.Taken, start.Name);
        // A held instance keeps its place: what the new events led to is found again after it is resumed.
        if (isSuspended)
            return;
        if (broken is null)
            response.Actions.AddRange(context.PendingActions);
        if (EndOf(running, context, broken) is { } completion)
        {
            response.Actions.Add(context.NewCompletion(completion));
            LogCompleted(start.Name, request.InstanceId, completion.WorkflowStatus, completion.FailureDetails?.ErrorMessage);
        }

        Task<object?>? Replay(IEnumerable<Wire.HistoryEvent> events, Task<object?>? begun, bool isReplaying)
        {
            foreach (var e in events)
            {
                context.Apply(e, isReplaying);
                if (e.ExecutionStarted is not null && begun is null)
                    begun = Begin(workflow, context, start);
            }
            return begun;
        }
    }

    // A workflow method that is not async may throw at once.
    private Task<object?> Begin(IWorkflow workflow, ReplayContext context, Wire.ExecutionStartedEvent start)
    {
        try
        {
            return workflow.RunAsync(context, string.IsNullOrEmpty(start.Input) ? null : serializer.Deserialize(start.Input, workflow.InputType));
        }
        catch (Exception e)
        {
            return Task.FromException<object?>(e);
        }
    }

    private Wire.CompleteWorkflowAction? EndOf(Task<object?>? running, ReplayContext context, Exception? broken)
    {
        if (broken is not null)
            return Failed(broken);
        if (context.ContinuedAsNew is { } anew)
            return anew;
        if (running is null)
            return null;
        if (!running.IsCompleted)
        {
            return context.CanContinue ? null : Failed(new InvalidOperationException(
                $"Workflow '{context.Name}' awaits something that is not of its WorkflowContext, so no turn can complete it; such work belongs into an activity."));
        }
        if (running.IsCompletedSuccessfully)
            return new Wire.CompleteWorkflowAction { WorkflowStatus = Wire.OrchestrationStatus.Completed, Result = serializer.Serialize(running.Result) };
        return Failed(running.Exception?.InnerException ?? new TaskCanceledException(running));
    }

    private static Wire.WorkflowVersion? VersionOf(IReadOnlyList<string> patches, string? name)
    {
        if (patches.Count == 0)
            return null;
        var version = new Wire.WorkflowVersion { Patches = { patches } };
        if (name is not null)
            version.Name = name;
        return version;
    }

    private static Wire.CompleteWorkflowAction Failed(Exception error) =>
        new() { WorkflowStatus = Wire.OrchestrationStatus.Failed, FailureDetails = WorkflowWireFormat.ToWire(error) };

    private static Wire.CompleteWorkflowAction Failed(string type, string message) =>
        new() { WorkflowStatus = Wire.OrchestrationStatus.Failed, FailureDetails = new Wire.TaskFailureDetails { ErrorType = type, ErrorMessage = message } };

    private static Wire.WorkflowAction Complete(Wire.CompleteWorkflowAction completion) => new() { CompleteWorkflow = completion };

    private static string? AppOf(Wire.HistoryEvent started) =>
        started.Router is not { } router ? null : router.HasTargetAppID && router.TargetAppID.Length > 0 ? router.TargetAppID : router.SourceAppID;

    [LoggerMessage(Level = LogLevel.Information, Message = "Workflow {Workflow} {InstanceId} ended as {Status} {Error}")]
    private partial void LogCompleted(string workflow, string instanceId, Wire.OrchestrationStatus status, string? error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Workflow {Workflow} of instance {InstanceId} cannot be created: it is not registered, or its constructor failed")]
    private partial void LogNotRegistered(string workflow, string instanceId, Exception? error);
}
