using System.Text;

namespace Sidecar.Runtime.Telemetry;

/// <summary>What one sidecar counts, under Dapr's metric names.</summary>
public sealed class SidecarMetrics
{
    /// <summary>Calls of the HTTP API by method, route and status.</summary>
    public CounterFamily HttpRequests { get; } = new("dapr_http_server_request_count", "method", "path", "status");

    /// <summary>How long they took, in milliseconds.</summary>
    public HistogramFamily HttpLatency { get; } = new("dapr_http_server_latency", "method", "path", "status");

    /// <summary>Calls of the gRPC API by method and status.</summary>
    public CounterFamily GrpcRequests { get; } = new("dapr_grpc_io_server_completed_rpcs", "grpc_server_method", "grpc_server_status");

    /// <summary>How long they took, in milliseconds.</summary>
    public HistogramFamily GrpcLatency { get; } = new("dapr_grpc_io_server_server_latency", "grpc_server_method", "grpc_server_status");

    /// <summary>Invocations sent by callee.</summary>
    public CounterFamily InvocationsSent { get; } = new("dapr_runtime_service_invocation_req_sent_total", "dst_app_id", "type");

    /// <summary>State operations by component, operation and success.</summary>
    public CounterFamily StateOperations { get; } = new("dapr_component_state_count", "component", "operation", "success");

    /// <summary>How long they took, in milliseconds.</summary>
    public HistogramFamily StateLatency { get; } = new("dapr_component_state_latencies", "component", "operation", "success");

    /// <summary>Secret reads by component, operation and success.</summary>
    public CounterFamily SecretOperations { get; } = new("dapr_component_secret_count", "component", "operation", "success");

    /// <summary>Messages delivered to the app by component, topic, process status (<c>success</c>, <c>retry</c>, <c>drop</c>) and app status.</summary>
    public CounterFamily PubSubIngress { get; } = new("dapr_component_pubsub_ingress_count", "component", "topic", "process_status", "status");

    /// <summary>How long deliveries took, in milliseconds.</summary>
    public HistogramFamily PubSubIngressLatency { get; } = new("dapr_component_pubsub_ingress_latencies", "component", "topic", "process_status");

    /// <summary>Messages published by component, topic and success.</summary>
    public CounterFamily PubSubEgress { get; } = new("dapr_component_pubsub_egress_count", "component", "topic", "success");

    /// <summary>Messages of bulk deliveries by component, topic and process status.</summary>
    public CounterFamily PubSubBulkIngress { get; } = new("dapr_component_pubsub_ingress_bulk_event_count", "component", "topic", "process_status");

    /// <summary>Messages of bulk publishes by component, topic and success; dead letters are among them.</summary>
    public CounterFamily PubSubBulkEgress { get; } = new("dapr_component_pubsub_egress_bulk_event_count", "component", "topic", "success");

    /// <summary>Jobs the app took, by operation.</summary>
    public CounterFamily JobSuccesses { get; } = new("dapr_component_job_success_count", "operation");

    /// <summary>Triggers the app answered with a failure, by operation.</summary>
    public CounterFamily JobFailures { get; } = new("dapr_component_job_failure_count", "operation");

    /// <summary>Workflow executions by name and status.</summary>
    public CounterFamily WorkflowExecutions { get; } = new("dapr_runtime_workflow_execution_count", "workflow_name", "status");

    /// <summary>Activity executions by name and status.</summary>
    public CounterFamily ActivityExecutions { get; } = new("dapr_runtime_workflow_activity_execution_count", "activity_name", "status");

    /// <summary>Components initialised.</summary>
    public CounterFamily ComponentsLoaded { get; } = new("dapr_runtime_component_loaded");

    internal void Write(StringBuilder text, string appId)
    {
        foreach (var counters in (CounterFamily[])[HttpRequests, GrpcRequests, InvocationsSent, StateOperations, SecretOperations, PubSubIngress, PubSubEgress, PubSubBulkIngress, PubSubBulkEgress, JobSuccesses, JobFailures, WorkflowExecutions, ActivityExecutions, ComponentsLoaded])
            counters.Write(text, appId);
        foreach (var histograms in (HistogramFamily[])[HttpLatency, GrpcLatency, StateLatency, PubSubIngressLatency])
            histograms.Write(text, appId);
    }
}
