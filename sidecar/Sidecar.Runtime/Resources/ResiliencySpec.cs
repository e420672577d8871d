namespace Sidecar.Runtime.Resources;

/// <summary>How the pause between two tries grows.</summary>
public enum BackOff
{
    /// <summary>The same pause each time.</summary>
    Constant,

    /// <summary>Multiplied by 1.5 each time, randomised by half, up to the maximum.</summary>
    Exponential,
}

/// <summary>A retry policy of a Resiliency resource.</summary>
public sealed record RetryPolicy
{
    /// <summary>Constant or exponential.</summary>
    public BackOff BackOff { get; init; } = BackOff.Constant;

    /// <summary>Pause of the constant policy (Dapr's default: 5 s).</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest pause of the exponential policy (Dapr's default: 60 s).</summary>
    public TimeSpan MaxInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Retries after the first try; -1 for no end (Dapr's default).</summary>
    public int MaxRetries { get; init; } = -1;

    /// <summary>HTTP status codes and ranges that are retried ("429,500-599"); empty for all failures.</summary>
    public string MatchingHttpStatusCodes { get; init; } = "";

    /// <summary>gRPC status codes and ranges that are retried; empty for all failures.</summary>
    public string MatchingGrpcStatusCodes { get; init; } = "";
}

/// <summary>A circuit breaker of a Resiliency resource.</summary>
public sealed record CircuitBreakerPolicy
{
    /// <summary>Calls let through while half open (Dapr's default: 1).</summary>
    public int MaxRequests { get; init; } = 1;

    /// <summary>How often counts are cleared while closed; zero for never.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.Zero;

    /// <summary>Open to half open (Dapr's default: 60 s).</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>CEL over requests, totalSuccesses, totalFailures, consecutiveSuccesses, consecutiveFailures.</summary>
    public string Trip { get; init; } = "consecutiveFailures > 5";
}

/// <summary>Names of the policies that apply to one target; empty for none.</summary>
/// <param name="Timeout">Name under <c>policies.timeouts</c>.</param>
/// <param name="Retry">Name under <c>policies.retries</c>.</param>
/// <param name="CircuitBreaker">Name under <c>policies.circuitBreakers</c>.</param>
public sealed record PolicyNames(string Timeout = "", string Retry = "", string CircuitBreaker = "");

/// <summary>Whose failures a circuit breaker of actors counts together.</summary>
public enum ActorBreakerScope
{
    /// <summary>Those of one actor.</summary>
    Id,

    /// <summary>Those of all actors of the type.</summary>
    Type,

    /// <summary>Those of one actor, kept apart by type as well.</summary>
    Both,
}

/// <summary>Policies of an actor type: retries and breaker go around the whole call, the timeout around the turn.</summary>
/// <param name="Names">Names of the policies.</param>
/// <param name="BreakerScope">Whose failures the breaker counts together.</param>
/// <param name="BreakerCacheSize">Breakers kept at once (Dapr's default: 5000).</param>
public sealed record ActorPolicyNames(PolicyNames Names, ActorBreakerScope BreakerScope = ActorBreakerScope.Type, int BreakerCacheSize = 5000);

/// <summary>Policies of a component target by direction.</summary>
/// <param name="Inbound">Toward the app: deliveries and input bindings.</param>
/// <param name="Outbound">Toward the component.</param>
public sealed record ComponentPolicyNames(PolicyNames Inbound, PolicyNames Outbound);

/// <summary>A <c>dapr.io/v1alpha1</c> Resiliency resource.</summary>
public sealed record ResiliencySpec
{
    /// <summary><c>metadata.name</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>Timeouts by name.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Timeouts { get; init; } = new Dictionary<string, TimeSpan>();

    /// <summary>Retries by name.</summary>
    public IReadOnlyDictionary<string, RetryPolicy> Retries { get; init; } = new Dictionary<string, RetryPolicy>();

    /// <summary>Circuit breakers by name.</summary>
    public IReadOnlyDictionary<string, CircuitBreakerPolicy> CircuitBreakers { get; init; } = new Dictionary<string, CircuitBreakerPolicy>();

    /// <summary>Targets by app id.</summary>
    public IReadOnlyDictionary<string, PolicyNames> Apps { get; init; } = new Dictionary<string, PolicyNames>();

    /// <summary>Targets by actor type.</summary>
    public IReadOnlyDictionary<string, ActorPolicyNames> Actors { get; init; } = new Dictionary<string, ActorPolicyNames>();

    /// <summary>Targets by component name.</summary>
    public IReadOnlyDictionary<string, ComponentPolicyNames> Components { get; init; } = new Dictionary<string, ComponentPolicyNames>();

    /// <summary>App ids it applies to; empty means all.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Where it was declared.</summary>
    public SourceLocation Location { get; init; } = SourceLocation.Code;
}
