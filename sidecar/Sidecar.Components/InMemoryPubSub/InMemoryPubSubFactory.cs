using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.InMemoryPubSub;

/// <summary>Makes <c>pubsub.in-memory</c>. It has no metadata, and reaches only the sidecar that loads it.</summary>
public sealed class InMemoryPubSubFactory : IComponentFactory
{
    /// <inheritdoc/>
    public string Type => "pubsub.in-memory";

    /// <inheritdoc/>
    public Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken) =>
        Task.FromResult<IAsyncDisposable>(new InMemoryBus(context.Time, context.Loggers.CreateLogger("pubsub.in-memory")));
}
