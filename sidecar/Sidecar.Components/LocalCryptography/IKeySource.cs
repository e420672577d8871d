using Sidecar.Runtime.Cryptography;

namespace Sidecar.Components.LocalCryptography;

/// <summary>Where a local provider finds its keys.</summary>
internal interface IKeySource : IAsyncDisposable
{
    /// <exception cref="CryptoOperationException">There is no such key, or it cannot be read.</exception>
    ValueTask<LocalKey> FindAsync(string name, CancellationToken cancellationToken);
}
