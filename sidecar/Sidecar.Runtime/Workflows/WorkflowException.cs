namespace Sidecar.Runtime.Workflows;

/// <summary>A workflow call that cannot be done. Dapr's engine answers most of these as gRPC <c>Unknown</c> with a text.</summary>
public sealed class WorkflowException(int grpcStatus, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Canonical gRPC status code.</summary>
    public int GrpcStatus { get; } = grpcStatus;

    /// <summary>True when there is no instance with the id.</summary>
    public bool IsNoSuchInstance { get; private init; }

    internal static WorkflowException NoSuchInstance() => new(2, "no such instance exists") { IsNoSuchInstance = true };
}
