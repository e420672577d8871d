namespace Sidecar.Runtime.PubSub;

/// <summary>What a receiver decided about an event it took.</summary>
internal enum Verdict
{
    /// <summary>Done.</summary>
    Success,

    /// <summary>Not wanted, now or later.</summary>
    Drop,
}

/// <summary>An event on its way to the app.</summary>
internal readonly record struct EventDelivery(string PubSubName, string Path, PubSubMessage Message, ReadOnlyMemory<byte> CloudEvent, EventFields Fields);

/// <summary>Who takes single events: the app over HTTP, or a stream the app opened.</summary>
internal interface IEventReceiver
{
    /// <summary>Hands the event over.</summary>
    /// <exception cref="Resiliency.OperationFailedException">It was not taken, and may be later.</exception>
    /// <exception cref="HttpRequestException">The app cannot be reached.</exception>
    Task<Verdict> DeliverAsync(EventDelivery delivery, CancellationToken cancellationToken);
}
