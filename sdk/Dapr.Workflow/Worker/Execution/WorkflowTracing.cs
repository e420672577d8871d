using System.Diagnostics;
using Dapr.Workflow.Client;
using Wire = Dapr.Protocol.Workflow;

namespace Dapr.Workflow.Worker.Execution;

/// <summary>Spans of turns and activities; they continue the trace that the runtime hands along. The source is named <c>Dapr.Workflow</c>.</summary>
internal static class WorkflowTracing
{
    private static readonly ActivitySource Source = new("Dapr.Workflow");

    public static Activity? Start(string kind, string name, string instanceId, Wire.TraceContext? parent)
    {
        var context = WorkflowWireFormat.FromWire(parent);
        var span = Source.StartActivity($"{kind}||{name}", ActivityKind.Internal, context ?? default, [new("durabletask.task.instance_id", instanceId), new("durabletask.task.name", name)]);
        if (span is not null || context is not { } remote)
            return span;
        // Nobody records spans here; what the code calls still has to carry the trace on.
        return new Activity($"{kind}||{name}") { TraceStateString = remote.TraceState }.SetParentId(remote.TraceId, remote.SpanId, remote.TraceFlags).Start();
    }
}
