namespace Sidecar.Runtime.Secrets;

/// <summary>A secret store component.</summary>
public interface ISecretStore : IAsyncDisposable
{
    /// <summary>Reads one secret: a map, since a secret may hold several values. Null when there is no such secret.</summary>
    ValueTask<IReadOnlyDictionary<string, string>?> GetAsync(string name, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken);

    /// <summary>Reads all secrets.</summary>
    ValueTask<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> GetAllAsync(
        IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken);
}
