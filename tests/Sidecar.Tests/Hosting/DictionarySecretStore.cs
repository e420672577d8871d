using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Secrets;

namespace Sidecar.Tests.Hosting;

/// <summary>Secrets from the component's own metadata: <c>password = hush</c> is a secret of one value.</summary>
internal sealed class DictionarySecretStore : IComponentFactory, ISecretStore
{
    private IReadOnlyDictionary<string, string> _secrets = new Dictionary<string, string>();

    public string Type => "secretstores.dictionary";

    public Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken) =>
        Task.FromResult<IAsyncDisposable>(new DictionarySecretStore { _secrets = component.Metadata });

    public ValueTask<IReadOnlyDictionary<string, string>?> GetAsync(string name, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyDictionary<string, string>?>(
            _secrets.TryGetValue(name, out var value) ? new Dictionary<string, string> { [name] = value } : null);

    public ValueTask<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> GetAllAsync(
        IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>>(
            _secrets.ToDictionary(s => s.Key, s => (IReadOnlyDictionary<string, string>)new Dictionary<string, string> { [s.Key] = s.Value }));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
