using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.EmbeddedLock;

/// <summary>
/// Makes <c>lock.embedded</c>: locks in the memory of the host process, for a run without a server. Real Dapr has no such component. Sidecars of one host that name it alike share its locks;
/// with the host they are gone, as the apps are that held them. It has no metadata of its own; <c>keyPrefix</c> is the runtime's.
/// </summary>
public sealed class EmbeddedLockFactory : IComponentFactory
{
    /// <inheritdoc/>
    public string Type => "lock.embedded";

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken) =>
        new EmbeddedLockStore(await context.Shared.LeaseAsync(component.Name, () => Task.FromResult(new LockTable(context.Time))));
}
