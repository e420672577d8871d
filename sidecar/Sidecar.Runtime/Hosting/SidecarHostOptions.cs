using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Faults;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Hosting;

/// <summary>Loads the resources of one sidecar; an error it throws stops the start and is reported with the app id.</summary>
public delegate Task<SidecarResources> LoadResources(SidecarOptions options, CancellationToken cancellationToken);

/// <summary>One sidecar to start.</summary>
/// <param name="Options">daprd's flags.</param>
/// <param name="Load">Loads its resources.</param>
public sealed record SidecarDefinition(SidecarOptions Options, LoadResources Load)
{
    /// <summary>A sidecar whose resources are loaded already.</summary>
    public SidecarDefinition(SidecarOptions options, SidecarResources resources)
        : this(options, (_, _) => Task.FromResult(resources))
    {
    }
}

/// <summary>What a host process is started with.</summary>
public sealed record SidecarHostOptions
{
    /// <summary>The sidecars; several with one app id are instances of one app.</summary>
    public required IReadOnlyList<SidecarDefinition> Sidecars { get; init; }

    /// <summary>The component types that exist here.</summary>
    public required IReadOnlyList<IComponentFactory> Factories { get; init; }

    /// <summary>Durable store for jobs, shared by all sidecars; the caller disposes it after the host.</summary>
    public required IStateStore SchedulerStore { get; init; }

    /// <summary>Where what belongs to the host and not to one app lives.</summary>
    public string HostDirectory { get; init; } = Directory.GetCurrentDirectory();

    /// <summary>Clock of the host and of every block.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Fault points that tests strike at; null, as in every ordinary run, has none.</summary>
    public FaultPoints? Faults { get; init; }

    /// <summary>Loggers; the caller disposes it after the host.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}

/// <summary>A sidecar that cannot start; the message names its app id, what stands in the way and the way out.</summary>
public sealed class SidecarStartException(string appId, string problem, Exception? inner = null)
    : Exception($"sidecar '{appId}' cannot start: {problem}", inner)
{
    /// <summary>App id of the sidecar.</summary>
    public string AppId { get; } = appId;
}
