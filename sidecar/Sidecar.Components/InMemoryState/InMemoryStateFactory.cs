using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.InMemoryState;

/// <summary>Makes <c>state.in-memory</c> components: nothing is written to disk, and all is gone when the host stops.</summary>
public sealed class InMemoryStateFactory : IComponentFactory
{
    /// <inheritdoc/>
    public string Type => "state.in-memory";

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        // The instances of one app must see the same state, whichever of them answers.
        var lease = await context.Shared.LeaseAsync($"{context.AppId}/{component.Name}", () => Task.FromResult(new InMemoryTable(context.Time)));
        return new InMemoryStateStore(lease);
    }
}
