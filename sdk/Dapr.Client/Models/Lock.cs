using System.Diagnostics.CodeAnalysis;

namespace Dapr.Client;

/// <summary>The outcome of trying to take a lock. Disposing it gives the lock back.</summary>
[Experimental("DAPR_DISTRIBUTEDLOCK", UrlFormat = "https://docs.dapr.io/developing-applications/building-blocks/distributed-lock/distributed-lock-api-overview/")]
public sealed class TryLockResponse : IAsyncDisposable
{
    /// <summary>Whether the lock was taken.</summary>
    public bool Success { get; init; }

    /// <summary>What is locked.</summary>
    public string ResourceId { get; init; } = null!;

    /// <summary>Who holds the lock.</summary>
    public string LockOwner { get; init; } = null!;

    /// <summary>Name of the lock store.</summary>
    public string StoreName { get; init; } = null!;

    internal DaprClient? Client { get; init; }

    /// <summary>Gives the lock back if it was taken.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!Success)
            return;

        if (Client is not null)
        {
            await Client.Unlock(StoreName, ResourceId, LockOwner);
            return;
        }

        // Made by hand: the lock is the sidecar's that the environment names.
        using var client = new DaprClientBuilder().Build();
        await client.Unlock(StoreName, ResourceId, LockOwner);
    }
}

/// <summary>The outcome of giving a lock back.</summary>
public class UnlockResponse
{
    /// <summary>The outcome.</summary>
    public UnlockResponse(LockStatus status)
    {
        this.status = status;
    }

    /// <summary>The outcome.</summary>
#pragma warning disable IDE1006 // lower case in the official SDK too
    public LockStatus status { get; set; }
#pragma warning restore IDE1006
}

/// <summary>How giving a lock back ended.</summary>
public enum LockStatus
{
    /// <summary>The lock is free.</summary>
    Success,

    /// <summary>There was no such lock.</summary>
    LockDoesNotExist,

    /// <summary>Somebody else holds it.</summary>
    LockBelongsToOthers,

    /// <summary>The lock store failed.</summary>
    InternalError,
}
