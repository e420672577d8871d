using System.IO.Pipelines;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Cryptography.Scheme;
using Sidecar.Runtime.Errors;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Cryptography;

/// <summary>The cryptography API of one sidecar: documents as streams, and the plain operations of keys.</summary>
internal sealed partial class CryptographyBlock(SidecarContext context) : IBuildingBlock
{
    private readonly ILogger _logger = context.Loggers.CreateLogger("Sidecar.Cryptography");

    /// <summary>Clock.</summary>
    public TimeProvider Time => context.Time;

    /// <summary>Encrypts a document; what comes first has been checked.</summary>
    /// <exception cref="DaprApiException">There is no such provider, the options are wrong, or the key cannot be used.</exception>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> EncryptAsync(string provider, PipeReader plaintext, EncryptionOptions options, CancellationToken cancellationToken)
    {
        var found = Find(provider);
        return InDaprsWords(
            EncryptedDocument.EncryptAsync(
                plaintext, options, async (use, key) => (await RunAsync(found, token => found.Instance.WrapKeyAsync(use, key, token), cancellationToken)).Ciphertext, cancellationToken),
            cancellationToken);
    }

    /// <summary>Decrypts a document; each piece that comes out has been checked.</summary>
    /// <exception cref="DaprApiException">There is no such provider, the document is damaged, or the key is another.</exception>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> DecryptAsync(string provider, PipeReader document, string keyName, CancellationToken cancellationToken)
    {
        var found = Find(provider);
        return InDaprsWords(
            EncryptedDocument.DecryptAsync(
                document, keyName, (use, key) => RunAsync(found, token => found.Instance.UnwrapKeyAsync(use, key, default, token), cancellationToken), cancellationToken),
            cancellationToken);
    }

    /// <summary>The public part of a key.</summary>
    /// <exception cref="DaprApiException">There is no such provider or key.</exception>
    public async Task<PublicKey> GetKeyAsync(string provider, string name, bool asJson, CancellationToken cancellationToken)
    {
        var found = Find(provider);
        try
        {
            return await RunAsync(found, token => found.Instance.GetKeyAsync(name, asJson, token), cancellationToken);
        }
        catch (Exception error) when (error is not (OperationCanceledException or DaprApiException))
        {
            throw CryptographyErrors.NoKey(name, error);
        }
    }

    /// <summary>One operation of a key. Why it failed is only logged: it could help an attacker who may try again.</summary>
    /// <exception cref="DaprApiException">There is no such provider, or it failed.</exception>
    public async Task<T> UseAsync<T>(string provider, string failure, Func<ICryptoProvider, CancellationToken, ValueTask<T>> operation, CancellationToken cancellationToken)
    {
        var found = Find(provider);
        try
        {
            return await RunAsync(found, token => operation(found.Instance, token), cancellationToken);
        }
        catch (Exception error) when (error is not (OperationCanceledException or DaprApiException))
        {
            LogFailed(failure, error.Message);
            throw CryptographyErrors.Failed(failure, error);
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> InDaprsWords(
        IAsyncEnumerable<ReadOnlyMemory<byte>> pieces, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var each = pieces.GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(each))
            yield return each.Current;
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<ReadOnlyMemory<byte>> pieces)
    {
        try
        {
            return await pieces.MoveNextAsync();
        }
        catch (CryptoOperationException error)
        {
            throw CryptographyErrors.Failed(error.Message, error);
        }
    }

    private LoadedComponent<ICryptoProvider> Find(string name)
    {
        if (context.Components.CryptoProviders.Count == 0)
            throw CryptographyErrors.NotConfigured();
        if (name.Length == 0)
            throw CryptographyErrors.BadRequest("missing component name");
        return context.Components.CryptoProviders.TryGetValue(name, out var found) ? found : throw CryptographyErrors.NotFound(name);
    }

    private Task<T> RunAsync<T>(LoadedComponent<ICryptoProvider> provider, Func<CancellationToken, ValueTask<T>> operation, CancellationToken cancellationToken) =>
        context.Policies.ForComponentOutbound(provider.Resource.Name, provider.Resource.Type).ExecuteAsync(token => operation(token).AsTask(), cancellationToken);

    [LoggerMessage(LogLevel.Debug, "{Failure}: {Problem}")]
    private partial void LogFailed(string failure, string problem);
}
