using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Telemetry;

namespace Sidecar.Runtime.Workflows;

/// <summary>What an engine is made from.</summary>
public sealed record WorkflowEngineOptions
{
    /// <summary>App whose workflows it runs.</summary>
    public required string AppId { get; init; }

    /// <summary>Namespace of the app.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>Clock of timers, timestamps and waits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Loggers.</summary>
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Most workflow turns with workers at once; 0 for no limit.</summary>
    public int MaxConcurrentWorkflows { get; init; }

    /// <summary>Most activities with workers at once; 0 for no limit.</summary>
    public int MaxConcurrentActivities { get; init; }

    /// <summary>Largest gRPC message in bytes: a turn that needs more than 95 % of it stalls.</summary>
    public long MaxMessageSize { get; init; } = 4 << 20;

    /// <summary>Where executions are counted: with the sidecar that opened the engine; null counts nothing.</summary>
    public SidecarMetrics? Metrics { get; init; }

    /// <summary>Engines of the other apps of the host, for activities and child workflows that name another app; null when alone.</summary>
    public WorkflowEngineDirectory? Directory { get; init; }
}
