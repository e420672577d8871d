using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Secrets;

namespace Sidecar.Runtime.Resources.Loading;

/// <summary>Loads the resources of a sidecar from the folders and files its options name; secret stores are opened for the loading alone, and only when referred to.</summary>
public sealed class SidecarResourceSource(IReadOnlyList<IComponentFactory> factories, string hostDirectory, ILoggerFactory loggers)
{
    /// <summary>Loads for one sidecar.</summary>
    /// <exception cref="ResourceException">A file, a key or a reference is wrong.</exception>
    /// <exception cref="ComponentException">A secret store that is referred to cannot be opened.</exception>
    public async Task<SidecarResources> LoadAsync(SidecarOptions options, CancellationToken cancellationToken)
    {
        await using var shared = new SharedInstances();
        await using var secrets = new OpenSecretStores(factories, new ComponentContext
        {
            AppId = options.AppId,
            AppDirectory = options.AppDirectory,
            DataDirectory = options.DataDirectory,
            HostDirectory = hostDirectory,
            Loggers = loggers,
            Shared = shared,
        });
        return await ResourceLoader.LoadAsync(
            new ResourceLoadRequest
            {
                AppId = options.AppId,
                ResourcesPaths = options.ResourcesPaths,
                ConfigPaths = options.ConfigPaths,
                Namespace = options.Namespace,
                KnownComponentTypes = [.. factories.Select(factory => factory.Type)],
                LoopbackPorts = options.LoopbackPorts,
            },
            secrets,
            cancellationToken);
    }

    private sealed class OpenSecretStores(IReadOnlyList<IComponentFactory> factories, ComponentContext context) : ISecretResolver, IAsyncDisposable
    {
        private static readonly Dictionary<string, string> s_noMetadata = [];

        private readonly Dictionary<string, Component> _declared = [];
        private readonly Dictionary<string, ISecretStore> _open = [];

        public Task InitializeAsync(Component secretStore, CancellationToken cancellationToken)
        {
            _declared.Add(secretStore.Name, secretStore);
            return Task.CompletedTask;
        }

        public async ValueTask<IReadOnlyDictionary<string, string>?> GetAsync(string secretStore, string secretName, CancellationToken cancellationToken)
        {
            if (!_open.TryGetValue(secretStore, out var store))
            {
                store = await OpenAsync(_declared[secretStore], cancellationToken);
                _open.Add(secretStore, store);
            }

            return await store.GetAsync(secretName, s_noMetadata, cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var store in _open.Values)
            {
                await store.DisposeAsync();
            }
        }

        private async Task<ISecretStore> OpenAsync(Component component, CancellationToken cancellationToken)
        {
            var factory = factories.FirstOrDefault(candidate => candidate.Type.Equals(component.Type, StringComparison.OrdinalIgnoreCase))
                ?? throw new ComponentException(component, $"there is no component type '{component.Type}' here");
            return await factory.CreateAsync(component, context, cancellationToken) as ISecretStore
                ?? throw new ComponentException(component, "is no secret store");
        }
    }
}
