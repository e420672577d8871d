namespace Sidecar.Runtime.Locks;

/// <summary>How an unlock ended; the numbers are those of Dapr's API.</summary>
public enum UnlockStatus
{
    /// <summary>The lock is free.</summary>
    Success = 0,

    /// <summary>Nobody holds it.</summary>
    LockDoesNotExist = 1,

    /// <summary>Another owner holds it, and keeps it.</summary>
    LockBelongsToOthers = 2,

    /// <summary>The store failed.</summary>
    InternalError = 3,
}

/// <summary>A lock store component. Resources are full names: the runtime adds the prefix.</summary>
public interface ILockStore : IAsyncDisposable
{
    /// <summary>Takes the lock when nobody holds it, the same owner included; it is free again after <paramref name="expiry"/>.</summary>
    ValueTask<bool> TryLockAsync(string resource, string owner, TimeSpan expiry, CancellationToken cancellationToken);

    /// <summary>Gives the lock back, if this owner holds it.</summary>
    ValueTask<UnlockStatus> UnlockAsync(string resource, string owner, CancellationToken cancellationToken);
}
