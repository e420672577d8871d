using System.Diagnostics.CodeAnalysis;

namespace Dapr.Client;

public abstract partial class DaprClient
{
    private const string LockDocs =
        "https://docs.dapr.io/developing-applications/building-blocks/distributed-lock/distributed-lock-api-overview/";

    /// <summary>A secret: one entry, or several where the store keeps several under one key.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    public abstract Task<Dictionary<string, string>> GetSecretAsync(
        string storeName, string key, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default);

    /// <summary>Every secret of a store that this application may read.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    public abstract Task<Dictionary<string, Dictionary<string, string>>> GetBulkSecretAsync(
        string storeName, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default);

    /// <summary>Items of a configuration store; no keys means all.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    public abstract Task<GetConfigurationResponse> GetConfiguration(
        string storeName,
        IReadOnlyList<string> keys,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Follows items of a configuration store; no keys means all. The stream starts with the first element read.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    public abstract Task<SubscribeConfigurationResponse> SubscribeConfiguration(
        string storeName,
        IReadOnlyList<string> keys,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Ends a subscription to a configuration store.</summary>
    public abstract Task<UnsubscribeConfigurationResponse> UnsubscribeConfiguration(
        string storeName, string id, CancellationToken cancellationToken = default);

    /// <summary>Tries to take a lock for <paramref name="expiryInSeconds"/> seconds (alpha).</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    [Experimental("DAPR_DISTRIBUTEDLOCK", UrlFormat = LockDocs)]
    public abstract Task<TryLockResponse> Lock(
        string storeName, string resourceId, string lockOwner, int expiryInSeconds, CancellationToken cancellationToken = default);

    /// <summary>Gives a lock back (alpha).</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    [Experimental("DAPR_DISTRIBUTEDLOCK", UrlFormat = LockDocs)]
    public abstract Task<UnlockResponse> Unlock(string storeName, string resourceId, string lockOwner, CancellationToken cancellationToken = default);
}
