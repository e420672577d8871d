using Sidecar.Runtime.Errors;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.Secrets;

/// <summary>The secrets API of one sidecar, within the scopes of its Configuration.</summary>
internal sealed class SecretsBlock(SidecarContext context) : IBuildingBlock
{
    /// <summary>One secret.</summary>
    /// <exception cref="DaprApiException">No such store or secret, not allowed, or the store failed.</exception>
    public async ValueTask<IReadOnlyDictionary<string, string>> GetAsync(
        string store, string key, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var component = Store(store);
        if (!IsAllowed(store, key))
            throw new DaprApiException("ERR_PERMISSION_DENIED", 403, 7, $"access denied by policy to get \"{key}\" from \"{store}\"");
        return await RunAsync(component, key, store, token => component.Instance.GetAsync(key, metadata, token).AsTask(), cancellationToken)
            ?? throw Failed(key, store, $"secret {key} not found");
    }

    /// <summary>All secrets that the scopes allow.</summary>
    public async ValueTask<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> GetAllAsync(
        string store, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var component = Store(store);
        var all = await RunAsync(component, null, store, token => component.Instance.GetAllAsync(metadata, token).AsTask(), cancellationToken);
        return all.Where(secret => IsAllowed(store, secret.Key)).ToDictionary(secret => secret.Key, secret => secret.Value, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static DaprApiException Failed(string? key, string store, string problem, Exception? inner = null) =>
        new("ERR_SECRET_GET", 500, 13, $"failed getting {(key is null ? "secrets" : $"secret with key {key}")} from secret store {store}: {problem}", inner);

    private LoadedComponent<ISecretStore> Store(string name)
    {
        if (context.Components.SecretStores.TryGetValue(name, out var store))
            return store;
        throw context.Components.SecretStores.Count == 0
            ? new DaprApiException("ERR_SECRET_STORES_NOT_CONFIGURED", 500, 9, "secret store is not configured")
            : new DaprApiException("ERR_SECRET_STORE_NOT_FOUND", 401, 3, $"failed finding secret store with key {name}");
    }

    private bool IsAllowed(string store, string key)
    {
        var scope = context.Resources.Configuration.SecretScopes.FirstOrDefault(s => s.StoreName == store)
            ?? new SecretScope(store, DefaultAllow: true, [], []);
        if (scope.DeniedSecrets.Contains(key))
            return false;
        return scope.AllowedSecrets.Count > 0 ? scope.AllowedSecrets.Contains(key) : scope.DefaultAllow;
    }

    private async Task<T> RunAsync<T>(
        LoadedComponent<ISecretStore> store, string? key, string name, Func<CancellationToken, Task<T>> operation, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await context.Policies.ForComponentOutbound(name, store.Resource.Type).ExecuteAsync(operation, cancellationToken);
            context.Metrics.SecretOperations.Increment(name, "get", "true");
            return answer;
        }
        catch (Exception e) when (e is not (OperationCanceledException or DaprApiException))
        {
            context.Metrics.SecretOperations.Increment(name, "get", "false");
            throw Failed(key, name, e.Message, e);
        }
    }
}
