using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;

namespace Sidecar.Tests.Cryptography;

/// <summary>The plain operations of keys, as a daprd has them that is built with <c>subtlecrypto</c>.</summary>
public sealed class SubtleApiTests : IAsyncLifetime
{
    private static readonly ByteString s_message = ByteString.CopyFromUtf8("sixteen bytes at");
    private KeyFolderPlace _place = null!;

    public async Task InitializeAsync() => _place = await KeyFolderPlace.StartAsync();

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Theory]
    [InlineData("symmetric", "A256GCM", 12, 16)]
    [InlineData("symmetric", "C20P", 12, 16)]
    [InlineData("symmetric", "A256CBC", 16, 0)]
    [InlineData("symmetric", "A256CBC-NOPAD", 16, 0)]
    [InlineData("symmetric", "A128CBC-HS256", 16, 16)]
    [InlineData("symmetric", "A256KW", 0, 0)]
    [InlineData("rsa.pem", "RSA1_5", 0, 0)]
    [InlineData("rsa.pem", "RSA-OAEP", 0, 0)]
    [InlineData("rsa.pem", "RSA-OAEP-512", 0, 0)]
    public async Task A_small_message_is_encrypted_and_decrypted(string key, string algorithm, int nonceSize, int tagSize)
    {
        var request = new SubtleEncryptRequest { ComponentName = KeyFolderPlace.Vault, KeyName = key, Algorithm = algorithm, Plaintext = s_message, Nonce = ByteString.CopyFrom(new byte[nonceSize]) };
        if (tagSize > 0)
            request.AssociatedData = ByteString.CopyFromUtf8("beside");

        var made = await _place.Grpc.UnaryAsync(DaprMethods.SubtleEncryptAlpha1, request);
        var back = new SubtleDecryptRequest
        {
            ComponentName = request.ComponentName,
            KeyName = key,
            Algorithm = algorithm,
            Ciphertext = made.Ciphertext,
            Tag = made.Tag,
            Nonce = request.Nonce,
            AssociatedData = request.AssociatedData,
        };

        Assert.Equal(tagSize, made.Tag.Length);
        Assert.NotEqual(s_message, made.Ciphertext);
        Assert.Equal(s_message, (await _place.Grpc.UnaryAsync(DaprMethods.SubtleDecryptAlpha1, back)).Plaintext);
        back.Ciphertext = ByteString.CopyFrom(new byte[made.Ciphertext.Length]);
        if (algorithm is not ("A256CBC" or "A256CBC-NOPAD" or "RSA1_5"))
            await RefusedAsync(DaprMethods.SubtleDecryptAlpha1, back, "failed to perform operation: failed to decrypt");
    }

    [Theory]
    [InlineData("rsa.pem", "RS256")]
    [InlineData("rsa.pem", "PS384")]
    [InlineData("curve.pem", "ES256")]
    public async Task A_digest_is_signed_and_the_signature_verified(string key, string algorithm)
    {
        var digest = ByteString.CopyFrom(algorithm == "PS384" ? SHA384.HashData(s_message.Span) : SHA256.HashData(s_message.Span));

        var signature = (await _place.Grpc.UnaryAsync(
            DaprMethods.SubtleSignAlpha1, new SubtleSignRequest { ComponentName = KeyFolderPlace.Vault, KeyName = key, Algorithm = algorithm, Digest = digest })).Signature;
        var verify = new SubtleVerifyRequest { ComponentName = KeyFolderPlace.Vault, KeyName = key, Algorithm = algorithm, Digest = digest, Signature = signature };

        Assert.True((await _place.Grpc.UnaryAsync(DaprMethods.SubtleVerifyAlpha1, verify)).Valid);
        Assert.True(algorithm switch
        {
            "ES256" => _place.Curve.VerifyHash(digest.Span, signature.Span, DSASignatureFormat.Rfc3279DerSequence),
            "PS384" => _place.Rsa.VerifyHash(digest.Span, signature.Span, HashAlgorithmName.SHA384, RSASignaturePadding.Pss),
            _ => _place.Rsa.VerifyHash(digest.Span, signature.Span, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        });
        verify.Digest = ByteString.CopyFrom(new byte[digest.Length]);
        Assert.False((await _place.Grpc.UnaryAsync(DaprMethods.SubtleVerifyAlpha1, verify)).Valid);
    }

    [Fact]
    public async Task A_key_is_wrapped_and_unwrapped_and_a_key_does_only_what_it_is_for()
    {
        var wrap = new SubtleWrapKeyRequest { ComponentName = KeyFolderPlace.Vault, KeyName = "symmetric", Algorithm = "A256KW", PlaintextKey = s_message };
        var wrapped = (await _place.Grpc.UnaryAsync(DaprMethods.SubtleWrapKeyAlpha1, wrap)).WrappedKey;
        var unwrap = new SubtleUnwrapKeyRequest { ComponentName = KeyFolderPlace.Vault, KeyName = "symmetric", Algorithm = "A256KW", WrappedKey = wrapped };
        Assert.Equal(s_message, (await _place.Grpc.UnaryAsync(DaprMethods.SubtleUnwrapKeyAlpha1, unwrap)).PlaintextKey);

        wrap.KeyName = unwrap.KeyName = "wrap-only.json";
        unwrap.WrappedKey = (await _place.Grpc.UnaryAsync(DaprMethods.SubtleWrapKeyAlpha1, wrap)).WrappedKey;
        await RefusedAsync(DaprMethods.SubtleUnwrapKeyAlpha1, unwrap, "failed to perform operation: failed to unwrap key");
        wrap.Algorithm = "A256GCM";
        await RefusedAsync(DaprMethods.SubtleWrapKeyAlpha1, wrap, "failed to perform operation: failed to wrap key");
    }

    [Fact]
    public async Task The_public_part_of_a_key_is_told_and_never_a_symmetric_key()
    {
        var pem = await _place.Grpc.UnaryAsync(DaprMethods.SubtleGetKeyAlpha1, new SubtleGetKeyRequest { ComponentName = KeyFolderPlace.Vault, Name = "rsa.pem" });
        Assert.Equal(("rsa.pem", _place.Rsa.ExportSubjectPublicKeyInfoPem() + "\n"), (pem.Name, pem.PublicKey));

        using var answer = await _place.Http.PostAsJsonAsync("v1.0-alpha1/subtlecrypto/vault/getkey", new { name = "curve.pem", format = "JSON" });
        using var response = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        using var jwk = JsonDocument.Parse(response.RootElement.GetProperty("publicKey").GetString()!);
        Assert.Equal(["crv", "kty", "x", "y"], jwk.RootElement.EnumerateObject().Select(member => member.Name));

        using var refused = await _place.Http.PostAsJsonAsync("v1.0-alpha1/subtlecrypto/vault/getkey", new { name = "symmetric" });
        Assert.Equal(HttpStatusCode.InternalServerError, refused.StatusCode);
        Assert.Contains("ERR_CRYPTO_KEY", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_HTTP_bytes_are_Base64()
    {
        using var made = await _place.Http.PostAsJsonAsync("v1.0-alpha1/subtlecrypto/vault/encrypt", new { keyName = "symmetric", algorithm = "A256KW", plaintext = s_message.ToBase64() });
        var ciphertext = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("ciphertext").GetString();
        using var back = await _place.Http.PostAsJsonAsync("v1.0-alpha1/subtlecrypto/vault/decrypt", new { keyName = "symmetric", algorithm = "A256KW", ciphertext });

        Assert.Equal(s_message.ToBase64(), (await back.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("plaintext").GetString());
    }

    private async Task RefusedAsync<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest request, string problem)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        var error = await Assert.ThrowsAsync<GrpcException>(() => _place.Grpc.UnaryAsync(method, request));
        Assert.Equal((GrpcStatusCode.Internal, problem), (error.StatusCode, error.Detail));
    }
}
