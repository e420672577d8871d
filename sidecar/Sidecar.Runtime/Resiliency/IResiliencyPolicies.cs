using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.Resiliency;

/// <summary>A failed try that carries what retry policies match on, and whether trying again can help.</summary>
public class OperationFailedException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>HTTP status of the answer, or 0.</summary>
    public int HttpStatus { get; init; }

    /// <summary>gRPC status of the answer, or -1.</summary>
    public int GrpcStatus { get; init; } = -1;

    /// <summary>True when no retry can help; the policy stops at once.</summary>
    public bool IsPermanent { get; init; }
}

/// <summary>A policy: retry( circuit breaker( timeout( operation ) ) ).</summary>
public interface IPolicy
{
    /// <summary>True when it may run an operation more than once.</summary>
    bool HasRetries { get; }

    /// <summary>Runs the operation under the policy; the last try's exception comes through as it is.</summary>
    Task<T> ExecuteAsync<T>(Func<CancellationToken, Task<T>> operation, CancellationToken cancellationToken);
}

/// <summary>The policies of one sidecar, from its Resiliency resources and Dapr's built-ins.</summary>
public interface IResiliencyPolicies
{
    /// <summary>Tries after a failed connection to an app without a policy: Dapr's <c>DaprBuiltInServiceRetries</c>, three with a pause of 1 s unless a resource overrides it.</summary>
    RetryPolicy ServiceRetries { get; }

    /// <summary>True when a Resiliency resource has a policy for the app id (or HTTP endpoint), named or by default.</summary>
    bool HasAppPolicy(string appId);

    /// <summary>For calls to an app id (or HTTP endpoint); breakers are kept per app and method.</summary>
    IPolicy ForApp(string appId, string method);

    /// <summary>True when a Resiliency resource has a policy for the actor type, named or by default.</summary>
    bool HasActorPolicy(string actorType);

    /// <summary>For calls of an actor, waiting for its turn included: retries and breaker.</summary>
    IPolicy ForActorCall(string actorType, string actorId);

    /// <summary>For the turn of an actor: the timeout.</summary>
    IPolicy ForActorTurn(string actorType);

    /// <summary>For deliveries from a component toward the app.</summary>
    IPolicy ForComponentInbound(string componentName, string componentType);

    /// <summary>For calls toward a component.</summary>
    IPolicy ForComponentOutbound(string componentName, string componentType);
}
