using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.LocalCryptography;

/// <summary>Makes <c>crypto.dapr.localstorage</c>: keys from the files of a folder, <c>path</c>, each a JSON Web Key, PEM or the bytes of a symmetric key.</summary>
public sealed class LocalStorageCryptoFactory : IComponentFactory
{
    /// <inheritdoc/>
    public string Type => "crypto.dapr.localstorage";

    /// <inheritdoc/>
    public Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(component.RequiredText("path"), context.AppDirectory);
        return Directory.Exists(path)
            ? Task.FromResult<IAsyncDisposable>(new LocalCryptoProvider(new KeyFolder(path)))
            : throw new ComponentException(component, "path", $"is not a directory: {path}");
    }
}
