using System.Text;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Cryptography;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.LocalCryptography;

/// <summary>
/// Makes <c>crypto.dapr.jwks</c>: keys of a JSON Web Key Set, <c>jwks</c>, which is the set itself (as JSON or its Base64), an HTTP(S) address, or a file. <c>requestTimeout</c> (30s) and
/// <c>minRefreshInterval</c> (10m) are for an address.
/// </summary>
public sealed class JwksCryptoFactory : IComponentFactory
{
    private static readonly TimeSpan s_fileAge = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public string Type => "crypto.dapr.jwks";

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var keys = Keys(component, component.RequiredText("jwks"), context);
        try
        {
            await keys.LoadAsync(cancellationToken);
            return new LocalCryptoProvider(keys);
        }
        catch (CryptoOperationException error)
        {
            await keys.DisposeAsync();
            throw new ComponentException(component, "jwks", $"is no JSON Web Key Set, nor the address or the file of one: {error.Message}", error);
        }
    }

    private static KeySet Keys(Component component, string jwks, ComponentContext context)
    {
        if (Uri.TryCreate(jwks, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            var timeout = component.Duration(TimeSpan.FromSeconds(30), "requestTimeout");
            return new KeySet(token => DownloadAsync(address!, timeout, token), component.Duration(TimeSpan.FromMinutes(10), "minRefreshInterval"), context.Time);
        }

        if (Inline(jwks) is { } set)
            return new KeySet(_ => Task.FromResult(set), null, context.Time);
        var file = Path.GetFullPath(jwks, context.AppDirectory);
        return new KeySet(token => File.ReadAllBytesAsync(file, token), s_fileAge, context.Time);
    }

    private static byte[]? Inline(string jwks)
    {
        if (jwks.TrimStart().StartsWith('{'))
            return Encoding.UTF8.GetBytes(jwks);
        var decoded = new byte[jwks.Length];
        return Convert.TryFromBase64String(jwks, decoded, out var length) && length > 0 && decoded[0] == '{' ? decoded[..length] : null;
    }

    private static async Task<byte[]> DownloadAsync(Uri address, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = timeout };
        return await http.GetByteArrayAsync(address, cancellationToken);
    }
}
