using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;

namespace Sidecar.Runtime.Cryptography;

/// <summary>The plain operations of a key, as messages. A released daprd answers them with Unimplemented; these are those of one that is built with <c>subtlecrypto</c>.</summary>
internal static class SubtleOperations
{
    public static async Task<SubtleGetKeyResponse> GetKeyAsync(CryptographyBlock block, SubtleGetKeyRequest request, CancellationToken cancellationToken)
    {
        if (!Enum.IsDefined(request.Format))
            throw CryptographyErrors.BadRequest("invalid key format");
        var key = await block.GetKeyAsync(request.ComponentName, request.Name, request.Format == SubtleGetKeyRequest.Types.KeyFormat.Json, cancellationToken);
        return new SubtleGetKeyResponse { Name = key.Name, PublicKey = key.Text };
    }

    public static async Task<SubtleEncryptResponse> EncryptAsync(CryptographyBlock block, SubtleEncryptRequest request, CancellationToken cancellationToken)
    {
        var use = Use(request.KeyName, request.Algorithm, request.Nonce, request.AssociatedData);
        var made = await block.UseAsync(request.ComponentName, "failed to encrypt", (provider, token) => provider.EncryptAsync(use, request.Plaintext.Memory, token), cancellationToken);
        return new SubtleEncryptResponse { Ciphertext = Bytes(made.Ciphertext), Tag = Bytes(made.Tag) };
    }

    public static async Task<SubtleDecryptResponse> DecryptAsync(CryptographyBlock block, SubtleDecryptRequest request, CancellationToken cancellationToken)
    {
        var use = Use(request.KeyName, request.Algorithm, request.Nonce, request.AssociatedData);
        return new SubtleDecryptResponse
        {
            Plaintext = Bytes(await block.UseAsync(
                request.ComponentName, "failed to decrypt", (provider, token) => provider.DecryptAsync(use, request.Ciphertext.Memory, request.Tag.Memory, token), cancellationToken)),
        };
    }

    public static async Task<SubtleWrapKeyResponse> WrapKeyAsync(CryptographyBlock block, SubtleWrapKeyRequest request, CancellationToken cancellationToken)
    {
        var use = Use(request.KeyName, request.Algorithm, request.Nonce, request.AssociatedData);
        var made = await block.UseAsync(request.ComponentName, "failed to wrap key", (provider, token) => provider.WrapKeyAsync(use, request.PlaintextKey.Memory, token), cancellationToken);
        return new SubtleWrapKeyResponse { WrappedKey = Bytes(made.Ciphertext), Tag = Bytes(made.Tag) };
    }

    public static async Task<SubtleUnwrapKeyResponse> UnwrapKeyAsync(CryptographyBlock block, SubtleUnwrapKeyRequest request, CancellationToken cancellationToken)
    {
        var use = Use(request.KeyName, request.Algorithm, request.Nonce, request.AssociatedData);
        return new SubtleUnwrapKeyResponse
        {
            PlaintextKey = Bytes(await block.UseAsync(
                request.ComponentName, "failed to unwrap key", (provider, token) => provider.UnwrapKeyAsync(use, request.WrappedKey.Memory, request.Tag.Memory, token), cancellationToken)),
        };
    }

    public static async Task<SubtleSignResponse> SignAsync(CryptographyBlock block, SubtleSignRequest request, CancellationToken cancellationToken) => new()
    {
        Signature = Bytes(await block.UseAsync(
            request.ComponentName, "failed to sign", (provider, token) => provider.SignAsync(new KeyUse(request.KeyName, request.Algorithm), request.Digest.Memory, token), cancellationToken)),
    };

    public static async Task<SubtleVerifyResponse> VerifyAsync(CryptographyBlock block, SubtleVerifyRequest request, CancellationToken cancellationToken) => new()
    {
        Valid = await block.UseAsync(
            request.ComponentName,
            "failed to verify signature",
            (provider, token) => provider.VerifyAsync(new KeyUse(request.KeyName, request.Algorithm), request.Digest.Memory, request.Signature.Memory, token),
            cancellationToken),
    };

    private static KeyUse Use(string key, string algorithm, ByteString nonce, ByteString associatedData) => new(key, algorithm, nonce.Memory, associatedData.Memory);

    private static ByteString Bytes(byte[] bytes) => UnsafeByteOperations.UnsafeWrap(bytes);
}
