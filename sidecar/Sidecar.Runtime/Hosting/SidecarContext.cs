using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Access;
using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Bindings;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Configurations;
using Sidecar.Runtime.Cryptography;
using Sidecar.Runtime.Faults;
using Sidecar.Runtime.Locks;
using Sidecar.Runtime.Middleware;
using Sidecar.Runtime.PubSub;
using Sidecar.Runtime.Resiliency;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Secrets;
using Sidecar.Runtime.State;
using Sidecar.Runtime.Telemetry;

namespace Sidecar.Runtime.Hosting;

/// <summary>An initialised component.</summary>
/// <param name="Resource">What was declared.</param>
/// <param name="Instance">What was made of it.</param>
public sealed record LoadedComponent<T>(Component Resource, T Instance);

/// <summary>The initialised components of one sidecar by name.</summary>
public sealed record LoadedComponents
{
    /// <summary>State stores.</summary>
    public IReadOnlyDictionary<string, LoadedComponent<IStateStore>> StateStores { get; init; } = new Dictionary<string, LoadedComponent<IStateStore>>();

    /// <summary>Pub/sub components.</summary>
    public IReadOnlyDictionary<string, LoadedComponent<IPubSub>> PubSubs { get; init; } = new Dictionary<string, LoadedComponent<IPubSub>>();

    /// <summary>Secret stores.</summary>
    public IReadOnlyDictionary<string, LoadedComponent<ISecretStore>> SecretStores { get; init; } = new Dictionary<string, LoadedComponent<ISecretStore>>();

    /// <summary>Lock stores.</summary>
    public IReadOnlyDictionary<string, LoadedComponent<ILockStore>> LockStores { get; init; } = new Dictionary<string, LoadedComponent<ILockStore>>();

    /// <summary>Configuration stores.</summary>
    public IReadOnlyDictionary<string, LoadedComponent<IConfigurationStore>> ConfigurationStores { get; init; } = new Dictionary<string, LoadedComponent<IConfigurationStore>>();

    /// <summary>Cryptography providers.</summary>
    public IReadOnlyDictionary<string, LoadedComponent<ICryptoProvider>> CryptoProviders { get; init; } = new Dictionary<string, LoadedComponent<ICryptoProvider>>();

    /// <summary>Bindings, in and out.</summary>
    public IReadOnlyDictionary<string, LoadedComponent<IBinding>> Bindings { get; init; } = new Dictionary<string, LoadedComponent<IBinding>>();

    /// <summary>HTTP middleware.</summary>
    public IReadOnlyDictionary<string, LoadedComponent<IHttpMiddleware>> Middleware { get; init; } = new Dictionary<string, LoadedComponent<IHttpMiddleware>>();

    /// <summary>The one state store with <c>actorStateStore: "true"</c>, or null.</summary>
    public LoadedComponent<IStateStore>? ActorStateStore =>
        StateStores.Values.FirstOrDefault(store => store.Resource.Metadata.TryGetValue("actorStateStore", out var value) && value == "true");
}

/// <summary>What every building block of one sidecar is made from.</summary>
public sealed record SidecarContext
{
    /// <summary>How it was started.</summary>
    public required SidecarOptions Options { get; init; }

    /// <summary>What was loaded for the app.</summary>
    public required SidecarResources Resources { get; init; }

    /// <summary>Initialised components.</summary>
    public required LoadedComponents Components { get; init; }

    /// <summary>The way to the app.</summary>
    public required IAppChannel App { get; init; }

    /// <summary>Resiliency policies.</summary>
    public required IResiliencyPolicies Policies { get; init; }

    /// <summary>
    /// Durable store of the host for jobs: real Dapr keeps them in its Scheduler service, not in a component. Keys start with <c>jobs||appid||</c>.
    /// </summary>
    public required IStateStore SchedulerStore { get; init; }

    /// <summary>Instances shared by the sidecars of the host: the same for all of them.</summary>
    public required SharedInstances Shared { get; init; }

    /// <summary>Clock: all waiting goes through it, so that tests can step it.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Which APIs are served.</summary>
    public ApiAccess Api { get; init; } = new(ApiRules.None);

    /// <summary>Who may call the app.</summary>
    public CallerAccess Callers { get; init; } = CallerAccess.Everybody;

    /// <summary>Spans of this sidecar.</summary>
    public SidecarTracing Tracing { get; init; } = SidecarTracing.Off;

    /// <summary>Counters of this sidecar, shown on its metrics port.</summary>
    public SidecarMetrics Metrics { get; init; } = new();

    /// <summary>Fault points; null in every ordinary run.</summary>
    public FaultPoints? Faults { get; init; }

    /// <summary>Loggers, with the app id in their scope.</summary>
    public required ILoggerFactory Loggers { get; init; }
}
