using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.Bindings;

/// <summary>The app's side of input bindings, over HTTP or gRPC.</summary>
internal interface IBindingReceiver
{
    /// <summary>Whether the app wants the events of a binding.</summary>
    Task<bool> WantsAsync(Component binding, CancellationToken cancellationToken);

    /// <summary>Hands an event over once; the answer is what the app sends back to the component.</summary>
    /// <exception cref="Resiliency.OperationFailedException">The app did not take it.</exception>
    /// <exception cref="HttpRequestException">The app cannot be reached.</exception>
    Task<byte[]> DeliverAsync(Component binding, BindingEvent @event, CancellationToken cancellationToken);
}
