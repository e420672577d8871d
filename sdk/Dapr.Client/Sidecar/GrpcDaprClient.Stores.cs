using System.Diagnostics.CodeAnalysis;
using Dapr.Protocol.Methods;
using Wire = Dapr.Protocol.Runtime.V1;

namespace Dapr.Client.Sidecar;

internal sealed partial class GrpcDaprClient
{
    public override async Task<Dictionary<string, string>> GetSecretAsync(
        string storeName, string key, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(storeName);
        ArgumentException.ThrowIfNullOrEmpty(key);
        var request = new Wire.GetSecretRequest { StoreName = storeName, Key = key };
        Copy(metadata, request.Metadata);
        var response = await CallAsync("Secret", DaprMethods.GetSecret, request, cancellationToken);
        return new Dictionary<string, string>(response.Data);
    }

    public override async Task<Dictionary<string, Dictionary<string, string>>> GetBulkSecretAsync(
        string storeName, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(storeName);
        var request = new Wire.GetBulkSecretRequest { StoreName = storeName };
        Copy(metadata, request.Metadata);
        var response = await CallAsync("Bulk secret", DaprMethods.GetBulkSecret, request, cancellationToken);
        return response.Data.ToDictionary(secret => secret.Key, secret => new Dictionary<string, string>(secret.Value.Secrets));
    }

    public override async Task<GetConfigurationResponse> GetConfiguration(
        string storeName,
        IReadOnlyList<string> keys,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(storeName);
        var request = new Wire.GetConfigurationRequest { StoreName = storeName };
        request.Keys.AddRange(keys ?? []);
        Copy(metadata, request.Metadata);
        var response = await CallAsync("GetConfiguration", DaprMethods.GetConfiguration, request, cancellationToken);
        return new GetConfigurationResponse(ConfigurationStream.Items(response.Items));
    }

    public override Task<SubscribeConfigurationResponse> SubscribeConfiguration(
        string storeName,
        IReadOnlyList<string> keys,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(storeName);
        var request = new Wire.SubscribeConfigurationRequest { StoreName = storeName };
        request.Keys.AddRange(keys ?? []);
        Copy(metadata, request.Metadata);
        return Task.FromResult(new SubscribeConfigurationResponse(new ConfigurationStream(sidecar, request, cancellationToken)));
    }

    public override async Task<UnsubscribeConfigurationResponse> UnsubscribeConfiguration(
        string storeName, string id, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(storeName);
        ArgumentException.ThrowIfNullOrEmpty(id);
        var request = new Wire.UnsubscribeConfigurationRequest { StoreName = storeName, Id = id };
        var response = await sidecar.CallAsync(DaprMethods.UnsubscribeConfiguration, request, cancellationToken);
        return new UnsubscribeConfigurationResponse(response.Ok, response.Message);
    }

    [Experimental("DAPR_DISTRIBUTEDLOCK")]
    public override async Task<TryLockResponse> Lock(
        string storeName, string resourceId, string lockOwner, int expiryInSeconds, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(storeName);
        ArgumentException.ThrowIfNullOrEmpty(resourceId);
        ArgumentException.ThrowIfNullOrEmpty(lockOwner);
#pragma warning disable CA2208 // the official exception names no parameter
        if (expiryInSeconds <= 0)
            throw new ArgumentException("The value cannot be zero or less than zero: " + expiryInSeconds);
#pragma warning restore CA2208

        var request = new Wire.TryLockRequest
        {
            StoreName = storeName,
            ResourceId = resourceId,
            LockOwner = lockOwner,
            ExpiryInSeconds = expiryInSeconds,
        };
        var response = await CallAsync("Lock", DaprMethods.TryLockAlpha1, request, cancellationToken);
        return new TryLockResponse
        {
            Client = this,
            StoreName = storeName,
            ResourceId = resourceId,
            LockOwner = lockOwner,
            Success = response.Success,
        };
    }

    [Experimental("DAPR_DISTRIBUTEDLOCK")]
    public override async Task<UnlockResponse> Unlock(
        string storeName, string resourceId, string lockOwner, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(storeName);
        ArgumentException.ThrowIfNullOrEmpty(resourceId);
        ArgumentException.ThrowIfNullOrEmpty(lockOwner);
        var request = new Wire.UnlockRequest { StoreName = storeName, ResourceId = resourceId, LockOwner = lockOwner };
        var response = await CallAsync("Lock", DaprMethods.UnlockAlpha1, request, cancellationToken);
        return new UnlockResponse(response.Status switch
        {
            Wire.UnlockResponse.Types.Status.Success => LockStatus.Success,
            Wire.UnlockResponse.Types.Status.LockDoesNotExist => LockStatus.LockDoesNotExist,
            Wire.UnlockResponse.Types.Status.LockBelongsToOthers => LockStatus.LockBelongsToOthers,
            _ => LockStatus.InternalError,
        });
    }
}
