using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.Components;

/// <summary>What a component may use of the place it runs in.</summary>
public sealed record ComponentContext
{
    /// <summary>App id of the sidecar that loads it; the default consumer group and key prefix.</summary>
    public required string AppId { get; init; }

    /// <summary>Relative paths in metadata resolve here, as with <c>dapr run</c>, where it is the app's directory.</summary>
    public required string AppDirectory { get; init; }

    /// <summary>Relative paths of what a component writes resolve here: the app's directory, unless the run keeps its data elsewhere.</summary>
    public string DataDirectory { get => field ?? AppDirectory; init; }

    /// <summary>Where what belongs to the host and not to one app lives (the embedded broker's log, jobs).</summary>
    public required string HostDirectory { get; init; }

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Loggers.</summary>
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Instances shared by the sidecars of one host process: two sidecars that name the same database or broker share it.</summary>
    public required SharedInstances Shared { get; init; }
}

/// <summary>Makes the components of one type. The list of factories is the one place that knows which types exist.</summary>
public interface IComponentFactory
{
    /// <summary>Full type, such as <c>state.sqlite</c>.</summary>
    string Type { get; }

    /// <summary>
    /// Makes and initialises a component: an <see cref="State.IStateStore"/>, <see cref="PubSub.IPubSub"/> or <see cref="Secrets.ISecretStore"/> by its block.
    /// </summary>
    /// <exception cref="ComponentException">Metadata is missing or wrong, or the component cannot be opened; the message names file, line and key.</exception>
    Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken);
}

/// <summary>A component that cannot be made; the message says which, where it is declared and what to do.</summary>
public sealed class ComponentException : Exception
{
    /// <summary>Makes the error for one component.</summary>
    public ComponentException(Component component, string problem, Exception? inner = null)
        : base($"component '{component.Name}' ({component.Type}/{component.Version}) at {component.Location}: {problem}", inner)
    {
    }

    /// <summary>Makes the error for one metadata key of a component.</summary>
    public ComponentException(Component component, string metadataKey, string problem, Exception? inner = null)
        : base($"component '{component.Name}' ({component.Type}/{component.Version}) at {Locate(component, metadataKey)}: metadata '{metadataKey}' {problem}", inner)
    {
    }

    private static SourceLocation Locate(Component component, string key) =>
        component.MetadataLocations.TryGetValue(key, out var location) ? location : component.Location;
}
