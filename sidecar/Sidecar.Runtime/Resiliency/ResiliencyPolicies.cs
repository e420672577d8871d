using System.Collections.Concurrent;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.Resiliency;

/// <summary>
/// Finds the policies of a target: those it names itself, else the most specific default that exists
/// (<c>DefaultAppRetryPolicy</c>, <c>DefaultPubsubComponentInboundRetryPolicy</c>, <c>DefaultRetryPolicy</c> …).
/// </summary>
public sealed class ResiliencyPolicies : IResiliencyPolicies
{
    private const int BuiltInRetries = 3;

    private readonly Dictionary<string, TimeSpan> _timeouts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RetryPolicy> _retries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CircuitBreakerPolicy> _breakers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PolicyNames> _apps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ActorPolicyNames> _actors = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, IPolicy>> _actorPolicies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ComponentPolicyNames> _components = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IPolicy> _made = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;

    /// <summary>Takes the resources in order; where two name the same policy or target the later one counts.</summary>
    public ResiliencyPolicies(IEnumerable<ResiliencySpec> resources, TimeProvider time)
    {
        _time = time;
        foreach (var resource in resources)
        {
            Take(resource.Timeouts, _timeouts);
            Take(resource.Retries, _retries);
            Take(resource.CircuitBreakers, _breakers);
            Take(resource.Apps, _apps);
            Take(resource.Actors, _actors);
            Take(resource.Components, _components);
        }

        // Dapr lets a built-in be overridden, but never to fewer tries than its own.
        if (_retries.TryGetValue("DaprBuiltInServiceRetries", out var overridden))
            ServiceRetries = overridden with { MaxRetries = overridden.MaxRetries is >= 0 and < BuiltInRetries ? BuiltInRetries : overridden.MaxRetries };
    }

    /// <inheritdoc/>
    public RetryPolicy ServiceRetries { get; private set; } = new() { Duration = TimeSpan.FromSeconds(1), MaxRetries = BuiltInRetries };

    /// <inheritdoc/>
    public bool HasAppPolicy(string appId) => _apps.ContainsKey(appId) || Names(null, "App") != new PolicyNames();

    /// <inheritdoc/>
    public IPolicy ForApp(string appId, string method) =>
        Get($"app||{appId}||{method}", Names(_apps.GetValueOrDefault(appId), "App"));

    /// <inheritdoc/>
    public bool HasActorPolicy(string actorType) => ActorNames(actorType).Names != new PolicyNames();

    /// <inheritdoc/>
    public IPolicy ForActorCall(string actorType, string actorId)
    {
        var policy = ActorNames(actorType);
        var breakers = _actorPolicies.GetOrAdd(actorType, static _ => new(StringComparer.Ordinal));
        var key = policy.BreakerScope == ActorBreakerScope.Type || policy.Names.CircuitBreaker.Length == 0 ? "" : actorId;
        if (breakers.Count > policy.BreakerCacheSize)
            breakers.Clear();
        return breakers.GetOrAdd(key, static (_, args) => args.self.Make(args.Names with { Timeout = "" }), (self: this, policy.Names));
    }

    /// <inheritdoc/>
    public IPolicy ForActorTurn(string actorType) => Get($"actor||{actorType}", new PolicyNames(Timeout: ActorNames(actorType).Names.Timeout));

    /// <inheritdoc/>
    public IPolicy ForComponentInbound(string componentName, string componentType) =>
        Get($"in||{componentName}", Names(_components.GetValueOrDefault(componentName)?.Inbound, DefaultScopes(componentType, "Inbound")));

    /// <inheritdoc/>
    public IPolicy ForComponentOutbound(string componentName, string componentType) =>
        Get($"out||{componentName}", Names(_components.GetValueOrDefault(componentName)?.Outbound, DefaultScopes(componentType, "Outbound")));

    private static void Take<T>(IReadOnlyDictionary<string, T> from, Dictionary<string, T> to)
    {
        foreach (var (name, value) in from)
            to[name] = value;
    }

    /// <summary>Scopes of default names, most specific first: <c>StatestoreComponentOutbound</c>, <c>ComponentOutbound</c>.</summary>
    private static string[] DefaultScopes(string componentType, string direction)
    {
        var block = componentType.Split('.')[0] switch
        {
            "state" => "Statestore",
            "secretstores" => "Secretstore",
            "bindings" => "Binding",
            "nameresolution" => "NameResolution",
            "" => "",
            var other => char.ToUpperInvariant(other[0]) + other[1..],
        };
        return [$"{block}Component{direction}", $"Component{direction}"];
    }

    private PolicyNames Names(PolicyNames? target, params string[] scopes) => new(
        Name(target?.Timeout, "TimeoutPolicy", _timeouts, scopes),
        Name(target?.Retry, "RetryPolicy", _retries, scopes),
        Name(target?.CircuitBreaker, "CircuitBreakerPolicy", _breakers, scopes));

    private static string Name<T>(string? named, string kind, Dictionary<string, T> policies, string[] scopes)
    {
        if (!string.IsNullOrEmpty(named) && policies.ContainsKey(named))
            return named;

        return scopes.Append("").Select(scope => $"Default{scope}{kind}").FirstOrDefault(policies.ContainsKey) ?? "";
    }

    private IPolicy Get(string key, PolicyNames names)
    {
        if (names == new PolicyNames())
            return Policy.None;
        if (_made.TryGetValue(key, out var made))
            return made;

        // Breakers are kept per app and method: callers decide the method, so the number of them has to be bounded.
        if (_made.Count > 5000)
            _made.Clear();
        return _made.GetOrAdd(key, static (_, args) => args.self.Make(args.names), (self: this, names));
    }

    private Policy Make(PolicyNames names) => new(
        _retries.GetValueOrDefault(names.Retry),
        _breakers.TryGetValue(names.CircuitBreaker, out var breaker) ? new CircuitBreaker(breaker, _time) : null,
        _timeouts.TryGetValue(names.Timeout, out var timeout) ? timeout : null,
        _time);

    private ActorPolicyNames ActorNames(string actorType)
    {
        var target = _actors.GetValueOrDefault(actorType) ?? new ActorPolicyNames(new PolicyNames());
        return target with { Names = Names(target.Names, "Actor") };
    }
}
