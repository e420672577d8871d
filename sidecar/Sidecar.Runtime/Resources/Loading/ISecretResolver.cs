namespace Sidecar.Runtime.Resources.Loading;

/// <summary>
/// The loader's way to secrets: it hands over each secret store component as soon as that one is resolved, and asks for the secrets other resources refer to.
/// </summary>
public interface ISecretResolver
{
    /// <summary>Opens a secret store. Called for every secret store in scope, one that another needs before that other.</summary>
    Task InitializeAsync(Component secretStore, CancellationToken cancellationToken);

    /// <summary>Reads a secret; null when the store has none of that name.</summary>
    ValueTask<IReadOnlyDictionary<string, string>?> GetAsync(string secretStore, string secretName, CancellationToken cancellationToken);
}
