using System.Collections.Concurrent;
using System.Globalization;
using Sidecar.Runtime.Actors;
using Sidecar.Runtime.Bindings;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.Metadata;

/// <summary>A component as the metadata API shows it.</summary>
internal sealed record ComponentInfo(string Name, string Type, string Version, IReadOnlyList<string> Capabilities);

/// <summary>What a sidecar tells about itself, and the entries callers add.</summary>
internal sealed class MetadataBlock : IBuildingBlock
{
    public const string RuntimeVersion = SidecarHost.DaprVersion;

    private readonly SidecarInstance _sidecar;
    private readonly ConcurrentDictionary<string, string> _extended = new(StringComparer.Ordinal);

    public MetadataBlock(SidecarInstance sidecar, SidecarContext context)
    {
        _sidecar = sidecar;
        Context = context;
        _extended["daprRuntimeVersion"] = RuntimeVersion;
    }

    public SidecarContext Context { get; }

    public IReadOnlyList<ComponentInfo> Components => [.. Describe(Context.Components).OrderBy(c => c.Name, StringComparer.Ordinal)];

    public IReadOnlyDictionary<string, string> Extended => _extended;

    /// <summary>Features switched on by the Configuration.</summary>
    public IReadOnlyList<string> EnabledFeatures => [.. Context.Resources.Configuration.Features.Where(f => f.Value).Select(f => f.Key)];

    public IReadOnlyList<Subscription> Subscriptions => [.. _sidecar.Blocks.OfType<ISubscriptionSource>().SelectMany(source => source.CurrentSubscriptions)];

    public int ConnectedWorkers => _sidecar.Blocks.OfType<IWorkflowWorkerSource>().Sum(source => source.ConnectedWorkers);

    /// <summary>True once the app was asked which actors it hosts.</summary>
    public bool AreActorsReady => _sidecar.GetBlock<ActorsBlock>().IsReady;

    /// <summary>Actor types hosted here and how many of their actors are active.</summary>
    public IReadOnlyList<(string Type, int Count)> ActiveActors => _sidecar.GetBlock<ActorsBlock>().Active;

    public void Set(string key, string value) => _extended[key] = value;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A duration in Go's words: <c>5s</c>.</summary>
    public static string Seconds(TimeSpan duration) => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.###}s");

    /// <summary>A duration in Go's words: <c>500ms</c>.</summary>
    public static string Milliseconds(TimeSpan duration) => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.###}ms");

    private static IEnumerable<ComponentInfo> Describe(LoadedComponents components)
    {
        foreach (var store in components.StateStores.Values)
            yield return Describe(store.Resource, WithActor(store.Instance.Capabilities));
        foreach (var pubSub in components.PubSubs.Values)
            yield return Describe(pubSub.Resource, pubSub.Instance.Capabilities);
        foreach (var secrets in components.SecretStores.Values)
            yield return Describe(secrets.Resource, []);
        foreach (var locks in components.LockStores.Values)
            yield return Describe(locks.Resource, []);
        foreach (var configurations in components.ConfigurationStores.Values)
            yield return Describe(configurations.Resource, []);
        foreach (var provider in components.CryptoProviders.Values)
            yield return Describe(provider.Resource, []);
        foreach (var binding in components.Bindings.Values)
            yield return Describe(binding.Resource, [.. binding.Instance is IInputBinding ? ["INPUT_BINDING"] : (string[])[], .. binding.Instance is IOutputBinding ? ["OUTPUT_BINDING"] : (string[])[]]);
    }

    private static ComponentInfo Describe(Component component, IReadOnlyList<string> capabilities) =>
        new(component.Name, component.Type, component.Version, capabilities);

    /// <summary>Dapr adds ACTOR to a store that has ETags and transactions.</summary>
    private static IReadOnlyList<string> WithActor(IReadOnlyList<string> capabilities) =>
        capabilities.Contains("ETAG") && capabilities.Contains("TRANSACTIONAL") && !capabilities.Contains("ACTOR") ? [.. capabilities, "ACTOR"] : capabilities;
}
