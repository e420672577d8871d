using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Serialization;
using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Methods;
using Google.Protobuf;
using Wire = Dapr.Protocol.Runtime.V1;

namespace Dapr.Client.Sidecar;

internal sealed partial class GrpcDaprClient
{
    [Experimental("DAPR_CRYPTOGRAPHY")]
    public override async Task<ReadOnlyMemory<byte>> EncryptAsync(
        string vaultResourceName, ReadOnlyMemory<byte> plaintextBytes, string keyName, EncryptionOptions encryptionOptions, CancellationToken cancellationToken = default) =>
        await AllAsync(EncryptAsync(vaultResourceName, new MemoryStream(plaintextBytes.ToArray()), keyName, encryptionOptions, cancellationToken));

    [Experimental("DAPR_CRYPTOGRAPHY")]
    public override IAsyncEnumerable<ReadOnlyMemory<byte>> EncryptAsync(
        string vaultResourceName, Stream plaintextStream, string keyName, EncryptionOptions encryptionOptions, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(vaultResourceName);
        ArgumentException.ThrowIfNullOrEmpty(keyName);
        ArgumentNullException.ThrowIfNull(plaintextStream);
        ArgumentNullException.ThrowIfNull(encryptionOptions);
        var hasOwnName = !string.IsNullOrWhiteSpace(encryptionOptions.DecryptionKeyName);
        var options = new Wire.EncryptRequestOptions
        {
            ComponentName = vaultResourceName,
            KeyName = keyName,
            KeyWrapAlgorithm = NameOf(encryptionOptions.KeyWrapAlgorithm),
            DataEncryptionCipher = NameOf(encryptionOptions.EncryptionCipher),
            DecryptionKeyName = hasOwnName ? encryptionOptions.DecryptionKeyName : string.Empty,

            // Without a name of its own the document names no key: who decrypts says which.
            OmitDecryptionKeyName = !hasOwnName,
        };
        return PayloadsAsync(
            DaprMethods.EncryptAlpha1,
            ChunksAsync(plaintextStream, encryptionOptions.StreamingBlockSizeInBytes, payload => new Wire.EncryptRequest { Options = payload.Seq == 0 ? options : null, Payload = payload }, cancellationToken),
            response => response.Payload,
            cancellationToken);
    }

    [Experimental("DAPR_CRYPTOGRAPHY")]
    public override async Task<ReadOnlyMemory<byte>> DecryptAsync(
        string vaultResourceName, ReadOnlyMemory<byte> ciphertextBytes, string keyName, DecryptionOptions options, CancellationToken cancellationToken = default) =>
        await AllAsync(DecryptAsync(vaultResourceName, new MemoryStream(ciphertextBytes.ToArray()), keyName, options, cancellationToken));

    [Experimental("DAPR_CRYPTOGRAPHY")]
    public override Task<ReadOnlyMemory<byte>> DecryptAsync(
        string vaultResourceName, ReadOnlyMemory<byte> ciphertextBytes, string keyName, CancellationToken cancellationToken = default) =>
        DecryptAsync(vaultResourceName, ciphertextBytes, keyName, new DecryptionOptions(), cancellationToken);

    [Experimental("DAPR_CRYPTOGRAPHY")]
    public override IAsyncEnumerable<ReadOnlyMemory<byte>> DecryptAsync(
        string vaultResourceName, Stream ciphertextStream, string keyName, DecryptionOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(vaultResourceName);
        ArgumentException.ThrowIfNullOrEmpty(keyName);
        ArgumentNullException.ThrowIfNull(ciphertextStream);
        options ??= new DecryptionOptions();
        var first = new Wire.DecryptRequestOptions { ComponentName = vaultResourceName, KeyName = keyName };
        return PayloadsAsync(
            DaprMethods.DecryptAlpha1,
            ChunksAsync(ciphertextStream, options.StreamingBlockSizeInBytes, payload => new Wire.DecryptRequest { Options = payload.Seq == 0 ? first : null, Payload = payload }, cancellationToken),
            response => response.Payload,
            cancellationToken);
    }

    [Experimental("DAPR_CRYPTOGRAPHY")]
    public override IAsyncEnumerable<ReadOnlyMemory<byte>> DecryptAsync(
        string vaultResourceName, Stream ciphertextStream, string keyName, CancellationToken cancellationToken = default) =>
        DecryptAsync(vaultResourceName, ciphertextStream, keyName, new DecryptionOptions(), cancellationToken);

    /// <summary>At least one chunk: the first carries the options, even of nothing.</summary>
    private static async IAsyncEnumerable<TRequest> ChunksAsync<TRequest>(
        Stream stream, int blockSize, Func<StreamPayload, TRequest> request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var block = new byte[blockSize];
        for (var number = 0ul; ; number++)
        {
            var length = await stream.ReadAtLeastAsync(block, blockSize, throwOnEndOfStream: false, cancellationToken);
            if (length > 0 || number == 0)
                yield return request(new StreamPayload { Data = ByteString.CopyFrom(block, 0, length), Seq = number });
            if (length < blockSize)
                yield break;
        }
    }

    private static async Task<ReadOnlyMemory<byte>> AllAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        using var all = new MemoryStream();
        await foreach (var piece in pieces)
            await all.WriteAsync(piece);
        return all.ToArray();
    }

    private static string NameOf<TEnum>(TEnum value)
        where TEnum : struct, Enum =>
        typeof(TEnum).GetField(value.ToString())?.GetCustomAttribute<EnumMemberAttribute>()?.Value ?? throw new ArgumentOutOfRangeException(nameof(value), value, "There is no such value.");

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> PayloadsAsync<TRequest, TResponse>(
        Protocol.Grpc.GrpcMethod<TRequest, TResponse> method, IAsyncEnumerable<TRequest> requests, Func<TResponse, StreamPayload?> payloadOf, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        await using var responses = sidecar.ExchangeAsync(method, requests, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(method.Name, responses))
        {
            if (payloadOf(responses.Current) is { Data.Length: > 0 } payload)
                yield return payload.Data.Memory;
        }
    }

    private static async ValueTask<bool> NextAsync<TResponse>(string method, IAsyncEnumerator<TResponse> responses)
    {
        try
        {
            return await responses.MoveNextAsync();
        }
        catch (Protocol.Grpc.GrpcException error)
        {
            throw new DaprException($"{method} failed: {error.StatusCode}: {error.Detail}.", error);
        }
    }
}
