using System.Security.Cryptography;
using Dapr;
using Dapr.Client;
using Sidecar.Testing;

#pragma warning disable DAPR_CRYPTOGRAPHY // experimental, and shown to work

namespace Sdk.Tests.Client;

/// <summary>Encrypting and decrypting, on the embedded sidecar.</summary>
public sealed class CryptographyTests : IAsyncLifetime
{
    private static readonly byte[] s_message = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i % 251))];
    private readonly string _folder = Directory.CreateTempSubdirectory("keys-").FullName;
    private TestSidecar _sidecar = null!;
    private DaprClient _client = null!;

    public async Task InitializeAsync()
    {
        await File.WriteAllBytesAsync(Path.Combine(_folder, "key"), RandomNumberGenerator.GetBytes(32));
        using var rsa = RSA.Create(2048);
        await File.WriteAllTextAsync(Path.Combine(_folder, "rsa.pem"), rsa.ExportPkcs8PrivateKeyPem());
        _sidecar = await TestSidecar.For("shop").WithoutApp().WithComponent("vault", "crypto.dapr.localstorage", ("path", _folder)).StartAsync();
        _client = new DaprClientBuilder().UseGrpcEndpoint($"http://127.0.0.1:{_sidecar.GrpcPort}").UseHttpEndpoint($"http://127.0.0.1:{_sidecar.HttpPort}").Build();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _sidecar.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("key", KeyWrapAlgorithm.A256kw, DataEncryptionCipher.ChaCha20Poly1305)]
    [InlineData("key", KeyWrapAlgorithm.Aes, DataEncryptionCipher.AesGcm)]
    [InlineData("rsa.pem", KeyWrapAlgorithm.Rsa, DataEncryptionCipher.AesGcm)]
    public async Task Bytes_come_back_as_they_were(string key, KeyWrapAlgorithm algorithm, DataEncryptionCipher cipher)
    {
        var document = await _client.EncryptAsync("vault", s_message, key, new EncryptionOptions(algorithm) { EncryptionCipher = cipher });

        Assert.True(document.Span.StartsWith("dapr.io/enc/v1\n"u8));
        Assert.Equal(s_message, (await _client.DecryptAsync("vault", document, key)).ToArray());
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(100, 100)]
    [InlineData(100_000, 70_000)]
    public async Task A_stream_comes_back_piece_by_piece(int size, int blockSize)
    {
        using var plaintext = new MemoryStream(s_message[..size]);
        using var document = new MemoryStream();
        await foreach (var piece in _client.EncryptAsync("vault", plaintext, "key", new EncryptionOptions(KeyWrapAlgorithm.Aes) { StreamingBlockSizeInBytes = blockSize }))
            await document.WriteAsync(piece);
        document.Position = 0;

        using var back = new MemoryStream();
        await foreach (var piece in _client.DecryptAsync("vault", document, "key", new DecryptionOptions { StreamingBlockSizeInBytes = blockSize }))
            await back.WriteAsync(piece);

        Assert.Equal(s_message[..size], back.ToArray());
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("key", true)]
    public async Task A_document_names_a_key_only_if_one_is_given_for_decryption(string? name, bool isNamed)
    {
        var document = await _client.EncryptAsync("vault", s_message, "key", new EncryptionOptions(KeyWrapAlgorithm.Aes) { DecryptionKeyName = name });

        var manifest = System.Text.Encoding.UTF8.GetString(document.Span).Split('\n')[1];
        Assert.Equal(isNamed, System.Text.Json.JsonDocument.Parse(manifest).RootElement.TryGetProperty("k", out _));
        Assert.Equal(s_message, (await _client.DecryptAsync("vault", document, "key", null!)).ToArray());
    }

    [Fact]
    public async Task A_refusal_is_a_DaprException_that_says_why()
    {
        var algorithm = new EncryptionOptions(KeyWrapAlgorithm.Aes);
        var document = (await _client.EncryptAsync("vault", s_message, "key", algorithm)).ToArray();
        document[^1] ^= 1;

        Assert.Contains("failed to decrypt segment", (await Assert.ThrowsAsync<DaprException>(() => _client.DecryptAsync("vault", document, "key"))).Message, StringComparison.Ordinal);
        Assert.Contains("crypto provider none not found", (await Assert.ThrowsAsync<DaprException>(() => _client.EncryptAsync("none", s_message, "key", algorithm))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_while_much_is_still_to_be_sent_says_why_too()
    {
        var much = new byte[4_000_000];

        for (var time = 0; time < 20; time++)
        {
            var refusal = await Assert.ThrowsAsync<DaprException>(() => _client.EncryptAsync("none", much, "key", new EncryptionOptions(KeyWrapAlgorithm.Aes)));
            Assert.Contains("crypto provider none not found", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_stream_that_cannot_be_read_ends_the_call_with_its_own_error()
    {
        using var closed = new MemoryStream();
        closed.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
        {
            await foreach (var _ in _client.EncryptAsync("vault", closed, "key", new EncryptionOptions(KeyWrapAlgorithm.Aes)))
            {
            }
        }).WaitAsync(TimeSpan.FromSeconds(30));
    }
}
