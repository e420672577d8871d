using System.Net;
using System.Text;
using System.Text.Json;
using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Sidecar.Testing;

namespace Sidecar.Tests.Cryptography;

/// <summary>Documents through both APIs.</summary>
public sealed class DocumentApiTests : IAsyncLifetime
{
    private static readonly byte[] s_message = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i % 253))];
    private KeyFolderPlace _place = null!;

    public async Task InitializeAsync() => _place = await KeyFolderPlace.StartAsync();

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Theory]
    [InlineData("symmetric", "A256KW", "aes-gcm")]
    [InlineData("base64", "aes", "chacha20-poly1305")]
    [InlineData("rsa.pem", "RSA-OAEP-256", "")]
    public async Task What_one_API_encrypts_the_other_decrypts(string key, string algorithm, string cipher)
    {
        var byGrpc = await EncryptAsync(new EncryptRequestOptions { ComponentName = KeyFolderPlace.Vault, KeyName = key, KeyWrapAlgorithm = algorithm, DataEncryptionCipher = cipher });
        var byHttp = await PutAsync("vault/encrypt", s_message, ("dapr-key-name", key), ("dapr-key-wrap-algorithm", algorithm), ("dapr-data-encryption-cipher", cipher));

        Assert.Equal(s_message, (await PutAsync("vault/decrypt", byGrpc)).Body);
        Assert.Equal(s_message, await DecryptAsync(byHttp.Body));
        Assert.Equal("application/octet-stream", byHttp.Type);
    }

    [Fact]
    public async Task A_public_key_encrypts_for_whoever_has_the_private_one()
    {
        var made = await PutAsync("vault/encrypt", s_message, ("dapr-key-name", "rsa-public.pem"), ("dapr-key-wrap-algorithm", "RSA"), ("dapr-decryption-key-name", "rsa.pem"));
        var nameless = await PutAsync("vault/encrypt", s_message, ("dapr-key-name", "symmetric"), ("dapr-key-wrap-algorithm", "AES"), ("dapr-omit-decryption-key-name", "true"));

        Assert.Equal(s_message, (await PutAsync("vault/decrypt", made.Body)).Body);
        Assert.Equal(s_message, (await PutAsync("vault/decrypt", nameless.Body, ("dapr-key-name", "symmetric"))).Body);
        await RefusedAsync("vault/decrypt", nameless.Body, 500, "ERR_CRYPTO", "failed to perform operation: document's manifest does not contain a key name, and no key name was provided");
        await RefusedAsync("vault/decrypt", made.Body, 500, "ERR_CRYPTO", "failed to perform operation: failed to validate the document's signature", ("dapr-key-name", "rsa-public.pem"));
    }

    [Fact]
    public async Task Chunks_of_a_stream_may_have_any_size()
    {
        var options = new EncryptRequestOptions { ComponentName = KeyFolderPlace.Vault, KeyName = "symmetric", KeyWrapAlgorithm = "AES" };

        var document = await EncryptAsync(options, 1, 0, 65_535, 70_000);

        Assert.Equal(s_message, await DecryptAsync(document));
    }

    [Fact]
    public async Task What_is_asked_wrongly_over_HTTP_is_refused_in_Daprs_words()
    {
        (string, string) key = ("dapr-key-name", "symmetric");
        (string, string) algorithm = ("dapr-key-wrap-algorithm", "AES");
        await RefusedAsync("vault/encrypt", s_message, 400, "ERR_BAD_REQUEST", "missing header 'dapr-key-name'", algorithm);
        await RefusedAsync("vault/encrypt", s_message, 400, "ERR_BAD_REQUEST", "missing header 'dapr-key-wrap-algorithm'", key);
        await RefusedAsync("other/encrypt", s_message, 400, "ERR_CRYPTO_PROVIDER_NOT_FOUND", "crypto provider other not found", key, algorithm);
        await RefusedAsync("vault/encrypt", s_message, 500, "ERR_CRYPTO", "failed to wrap the file key: failed to retrieve the key encryption key: failed to load key 'none'", ("dapr-key-name", "none"), algorithm);
        await RefusedAsync("vault/encrypt", s_message, 500, "ERR_CRYPTO", "invalid key path: cannot contain '..'", ("dapr-key-name", "../symmetric"), algorithm);
        await RefusedAsync("vault/encrypt", s_message, 500, "ERR_CRYPTO", "key type mismatch", ("dapr-key-name", "rsa.pem"), algorithm);
        await RefusedAsync("vault/encrypt", s_message, 500, "ERR_CRYPTO", "failed to parse key from secret", ("dapr-key-name", "damaged.json"), algorithm);
        await RefusedAsync("vault/decrypt", "no document"u8.ToArray(), 500, "ERR_CRYPTO", "failed to perform operation: invalid header: scheme name not found");

        var document = (await PutAsync("vault/encrypt", s_message, ("dapr-key-name", "wrap-only.json"), ("dapr-key-wrap-algorithm", "AES"))).Body;
        await RefusedAsync("vault/decrypt", document, 500, "ERR_CRYPTO", "failed to validate the document's signature");

        await using var without = await TestSidecar.For("other").WithoutApp().StartAsync();
        using var answer = await without.Http.PutAsync("v1.0-alpha1/crypto/vault/decrypt", new ByteArrayContent([]));
        Assert.Contains("ERR_CRYPTO_PROVIDERS_NOT_CONFIGURED", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_asked_wrongly_over_gRPC_is_refused_at_once()
    {
        var good = new EncryptRequestOptions { ComponentName = KeyFolderPlace.Vault, KeyName = "symmetric", KeyWrapAlgorithm = "AES" };
        await RefusedAsync(GrpcStatusCode.InvalidArgument, "first message does not contain the required options", Chunk(0, null));
        await RefusedAsync(GrpcStatusCode.InvalidArgument, "missing property 'keyName' in the options message", Chunk(0, new EncryptRequestOptions(good) { KeyName = "" }));
        await RefusedAsync(GrpcStatusCode.InvalidArgument, "missing property 'keyWrapAlgorithm' in the options message", Chunk(0, new EncryptRequestOptions(good) { KeyWrapAlgorithm = "" }));
        await RefusedAsync(GrpcStatusCode.InvalidArgument, "crypto provider other not found", Chunk(0, new EncryptRequestOptions(good) { ComponentName = "other" }));
        await RefusedAsync(GrpcStatusCode.Internal, "option Algorithm is not valid: algorithm ROT13 is not supported", Chunk(0, new EncryptRequestOptions(good) { KeyWrapAlgorithm = "rot13" }));
        await RefusedAsync(GrpcStatusCode.Internal, "options found in non-leading message", Chunk(0, good), Chunk(1, good));
        await RefusedAsync(GrpcStatusCode.Internal, "invalid sequence number received: 2 (expected: 1)", Chunk(0, good), Chunk(2, null));
    }

    private static EncryptRequest Chunk(ulong number, EncryptRequestOptions? options) =>
        new() { Options = options, Payload = new StreamPayload { Data = ByteString.CopyFromUtf8("text"), Seq = number } };

    private static IEnumerable<StreamPayload> Payloads(byte[] bytes, params int[] sizes)
    {
        var (at, number) = (0, 0ul);
        foreach (var size in sizes.Append(bytes.Length - sizes.Sum()))
        {
            yield return new StreamPayload { Data = ByteString.CopyFrom(bytes, at, size), Seq = number++ };
            at += size;
        }
    }

    private async Task<byte[]> EncryptAsync(EncryptRequestOptions options, params int[] sizes)
    {
        using var call = _place.Grpc.Duplex(DaprMethods.EncryptAlpha1);
        return await ExchangeAsync(call, Payloads(s_message, sizes).Select(payload => new EncryptRequest { Options = payload.Seq == 0 ? options : null, Payload = payload }), response => response.Payload);
    }

    private async Task<byte[]> DecryptAsync(byte[] document)
    {
        var options = new DecryptRequestOptions { ComponentName = KeyFolderPlace.Vault };
        using var call = _place.Grpc.Duplex(DaprMethods.DecryptAlpha1);
        return await ExchangeAsync(call, Payloads(document, 10, 100).Select(payload => new DecryptRequest { Options = payload.Seq == 0 ? options : null, Payload = payload }), response => response.Payload);
    }

    private static async Task<byte[]> ExchangeAsync<TRequest, TResponse>(
        GrpcDuplexCall<TRequest, TResponse> call, IEnumerable<TRequest> requests, Func<TResponse, StreamPayload> payloadOf)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        foreach (var request in requests)
            await call.WriteAsync(request);
        call.CompleteRequests();
        using var all = new MemoryStream();
        var number = 0ul;
        await foreach (var response in call.ReadAllAsync())
        {
            Assert.Equal(number++, payloadOf(response).Seq);
            payloadOf(response).Data.WriteTo(all);
        }

        return all.ToArray();
    }

    private async Task RefusedAsync(GrpcStatusCode status, string problem, params EncryptRequest[] requests)
    {
        using var call = _place.Grpc.Duplex(DaprMethods.EncryptAlpha1);
        foreach (var request in requests)
            await call.WriteAsync(request);

        // The stream is not completed: the refusal does not wait for that.
        var error = await Assert.ThrowsAsync<GrpcException>(async () =>
        {
            await foreach (var _ in call.ReadAllAsync())
            {
            }
        }).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(status, error.StatusCode);
        Assert.Contains(problem, error.Detail, StringComparison.Ordinal);
    }

    private async Task<(byte[] Body, string? Type)> PutAsync(string path, byte[] body, params (string Name, string Value)[] headers)
    {
        using var answer = await SendAsync(path, body, headers);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadAsByteArrayAsync(), answer.Content.Headers.ContentType?.MediaType);
    }

    private async Task RefusedAsync(string path, byte[] body, int status, string code, string problem, params (string Name, string Value)[] headers)
    {
        using var answer = await SendAsync(path, body, headers);
        using var json = JsonDocument.Parse(Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync()));
        Assert.Equal((status, code), ((int)answer.StatusCode, json.RootElement.GetProperty("errorCode").GetString()));
        Assert.Contains(problem, json.RootElement.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> SendAsync(string path, byte[] body, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"v1.0-alpha1/crypto/{path}") { Content = new ByteArrayContent(body) };
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        return await _place.Http.SendAsync(request);
    }
}
