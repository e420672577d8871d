using Sidecar.Runtime.Secrets;

namespace Sidecar.Components.LocalFileSecrets;

/// <summary>The secrets of one file.</summary>
internal sealed class LocalFileSecretStore(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> secrets) : ISecretStore
{
    public ValueTask<IReadOnlyDictionary<string, string>?> GetAsync(
        string name, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken) => new(secrets.GetValueOrDefault(name));

    public ValueTask<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> GetAllAsync(
        IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken) => new(secrets);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
