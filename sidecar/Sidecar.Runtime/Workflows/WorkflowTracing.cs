using System.Diagnostics;
using Dapr.Protocol.Workflow;

namespace Sidecar.Runtime.Workflows;

/// <summary>Spans over workflows and activities, under the names that Dapr gives them; source <c>Sidecar.Workflow</c>.</summary>
internal static class WorkflowTracing
{
    private static readonly ActivitySource Source = new("Sidecar.Workflow");

    /// <summary>Begins the span of an execution; activities continue it, or what the client sent when it is not sampled.</summary>
    public static void BeginWorkflow(LiveWorkflow instance, ExecutionStartedEvent started)
    {
        instance.Span = Begin($"orchestration||{started.Name}", ActivityKind.Server, started.ParentTraceContext);
        if (instance.Span is { } span)
        {
            span.SetTag("durabletask.type", "orchestration");
            span.SetTag("durabletask.task.name", started.Name);
            span.SetTag("durabletask.task.instance_id", instance.Id);
            started.WorkflowSpanID = span.SpanId.ToHexString();
            started.ParentTraceContext = ContextOf(span);
        }
    }

    public static void EndWorkflow(LiveWorkflow instance, WorkflowExecution execution)
    {
        if (instance.Span is { } span)
        {
            var completed = execution.Completed!.ExecutionCompleted;
            span.SetTag("durabletask.runtime_status", completed.WorkflowStatus.ToString().ToUpperInvariant());
            if (completed.WorkflowStatus == OrchestrationStatus.Failed)
            {
                span.SetStatus(ActivityStatusCode.Error, completed.FailureDetails?.ErrorMessage);
            }

            span.Dispose();
            instance.Span = null;
        }
    }

    public static void BeginActivity(ActivityWork work)
    {
        var task = work.Scheduled.TaskScheduled;
        work.Span?.Dispose();
        work.Span = Begin($"activity||{task.Name}", ActivityKind.Server, task.ParentTraceContext);
        work.Span?.SetTag("durabletask.type", "activity");
        work.Span?.SetTag("durabletask.task.name", task.Name);
        work.Span?.SetTag("durabletask.task.instance_id", work.Instance.Id);
        work.Span?.SetTag("durabletask.task.task_id", work.TaskId);
    }

    public static void EndActivity(ActivityWork work, ActivityResponse response)
    {
        if (work.Span is { } span)
        {
            if (response.FailureDetails is { } failure)
            {
                span.SetStatus(ActivityStatusCode.Error, failure.ErrorMessage);
            }

            span.Dispose();
            work.Span = null;
        }
    }

    /// <summary>The span as a parent for others, or null when there is none.</summary>
    public static TraceContext? ContextOf(Activity? span) => span?.Id is { } id
        ? new TraceContext { TraceParent = id, TraceState = span.TraceStateString }
        : null;

    private static Activity? Begin(string name, ActivityKind kind, TraceContext? parent)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        // Spans of workflows outlive the call that began them: they must not become the caller's current one.
        var current = Activity.Current;
        Activity.Current = null;
        ActivityContext.TryParse(parent?.TraceParent, parent?.TraceState, out var context);
        var span = Source.StartActivity(name, kind, context);
        Activity.Current = current;
        return span;
    }
}
