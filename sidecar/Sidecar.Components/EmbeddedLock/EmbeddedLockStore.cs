using Sidecar.Runtime.Components;
using Sidecar.Runtime.Locks;

namespace Sidecar.Components.EmbeddedLock;

/// <summary>One sidecar's share in a <see cref="LockTable"/>.</summary>
internal sealed class EmbeddedLockStore(Lease<LockTable> lease) : ILockStore
{
    public ValueTask<bool> TryLockAsync(string resource, string owner, TimeSpan expiry, CancellationToken cancellationToken) =>
        new(lease.Instance.TryTake(resource, owner, expiry));

    public ValueTask<UnlockStatus> UnlockAsync(string resource, string owner, CancellationToken cancellationToken) => new(lease.Instance.GiveBack(resource, owner));

    public ValueTask DisposeAsync() => lease.DisposeAsync();
}
