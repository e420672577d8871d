using System.IO.Pipelines;
using System.Text;
using Sidecar.Components.LocalCryptography;
using Sidecar.Runtime.Cryptography;
using Sidecar.Runtime.Cryptography.Scheme;

namespace Sidecar.Tests.Cryptography;

/// <summary>Dapr's encryption scheme v1, byte by byte.</summary>
public sealed class EncryptedDocumentTests
{
    private const int HeaderLines = 3;
    private static readonly byte[] s_encryptionKey = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    public static TheoryData<string, string> WrittenElsewhere() => new()
    {
        // Made with Node.js by the scheme's description: file key 07 07 …, nonce prefix "prefix7", the last segment numbered 0.
        {
            """{"k":"key","kw":1,"wfk":"5B00KedQP94p6d31I930O+W5kanL1S0r6fB1d551T8xD9Nm2NjwQfw==","cph":1,"np":"cHJlZml4Nw=="}""" + "\n2p6OnBXz7AeeGWLFnUu6/yr9ERZCXIigTAISdFgA3mc=",
            "yEoLLPf1WTiZKWM2WzroaX90aBlFG7+7RNlS"
        },
        {
            """{"k":"key","kw":1,"wfk":"5B00KedQP94p6d31I930O+W5kanL1S0r6fB1d551T8xD9Nm2NjwQfw==","cph":2,"np":"cHJlZml4Nw=="}""" + "\nduZIVsWlkw0rcLjhPEnOhiE80eqYOlz14YGUB3hsAm8=",
            "H4p99ChS0aMV4bmgWJlT1lbyihNig1FqRYqg"
        },
    };

    public static TheoryData<int, string> Sizes()
    {
        var data = new TheoryData<int, string>();
        foreach (var size in (int[])[0, 1, 65_535, 65_536, 65_537, 131_072, 300_000])
        {
            data.Add(size, "aes-gcm");
            data.Add(size, "ChaCha20-Poly1305");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(WrittenElsewhere))]
    public async Task A_document_that_was_written_elsewhere_is_read(string header, string payload)
    {
        byte[] document = [.. Encoding.ASCII.GetBytes($"dapr.io/enc/v1\n{header}\n"), .. Convert.FromBase64String(payload)];

        Assert.Equal("hello, dapr", Encoding.ASCII.GetString(await DecryptAsync(document)));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task A_message_of_any_size_comes_back(int size, string cipher)
    {
        var message = Message(size);

        var document = await EncryptAsync(message, cipher);

        Assert.Equal(message, await DecryptAsync(document));
        var segments = (size + Segments.Size - 1) / Segments.Size;
        Assert.Equal(HeaderOf(document).Length + size + (segments * FileKey.TagSize), document.Length);
    }

    [Fact]
    public async Task The_manifest_says_how_to_read_the_document_and_no_two_documents_share_a_key()
    {
        var documents = new[] { await EncryptAsync(Message(10)), await EncryptAsync(Message(10)) };

        var lines = Encoding.ASCII.GetString(HeaderOf(documents[0])).Split('\n');
        Assert.Equal("dapr.io/enc/v1", lines[0]);
        Assert.Matches("^{\"k\":\"key\",\"kw\":1,\"wfk\":\"[A-Za-z0-9+/]{54}==\",\"cph\":1,\"np\":\"[A-Za-z0-9+/]{10}==\"}$", lines[1]);
        Assert.Matches("^[A-Za-z0-9+/]{43}=$", lines[2]);
        Assert.NotEqual(lines[1], Encoding.ASCII.GetString(HeaderOf(documents[1])).Split('\n')[1]);
    }

    [Fact]
    public async Task The_name_of_the_key_is_another_or_is_left_out_where_the_writer_wants_it()
    {
        var other = await EncryptAsync(Message(10), decryptionKeyName: "elsewhere");
        var nameless = await EncryptAsync(Message(10), decryptionKeyName: "elsewhere", omitKeyName: true);

        Assert.Contains("\"k\":\"elsewhere\"", Encoding.ASCII.GetString(HeaderOf(other)), StringComparison.Ordinal);
        Assert.DoesNotContain("\"k\":", Encoding.ASCII.GetString(HeaderOf(nameless)), StringComparison.Ordinal);
        Assert.Equal(Message(10), await DecryptAsync(nameless, "key"));
        await RefusedAsync(nameless, "document's manifest does not contain a key name, and no key name was provided");
        await RefusedAsync(other, "failed to validate the document's signature");
    }

    [Fact]
    public async Task A_document_that_was_changed_anywhere_gives_nothing_from_there_on()
    {
        var document = await EncryptAsync(Message(150_000));
        var header = HeaderOf(document).Length;
        var segment = Segments.Size + FileKey.TagSize;

        foreach (var place in (int[])[0, 20, header - 10, header, header + segment + 5, document.Length - 1])
        {
            var changed = document.ToArray();
            changed[place] ^= 1;
            await Assert.ThrowsAsync<CryptoOperationException>(() => DecryptAsync(changed));
        }

        await RefusedAsync([.. document[..header], .. document[(header + segment)..(header + (2 * segment))], .. document[header..(header + segment)], .. document[(header + (2 * segment))..]], "error processing segment 0");
        await RefusedAsync(document[..(header + segment)], "error processing segment 0");
        await RefusedAsync(document[..^1], "error processing segment 2");
        await RefusedAsync([.. document, 0], "error processing segment 2");
    }

    [Theory]
    [InlineData("foo", "invalid header: scheme name not found")]
    [InlineData("other\n", "invalid header: unsupported scheme")]
    [InlineData("dapr.io/enc/v1\n{", "invalid header: manifest not found")]
    [InlineData("dapr.io/enc/v1\n\n", "invalid header: invalid format")]
    [InlineData("dapr.io/enc/v1\n{}\nabc", "invalid header: message authentication code not found")]
    [InlineData("dapr.io/enc/v1\n{}\nabc\n", "invalid header: invalid manifest")]
    [InlineData("dapr.io/enc/v1\nno\nabc\n", "invalid header: invalid manifest")]
    [InlineData("dapr.io/enc/v1\n{\"k\":\"key\",\"kw\":9,\"wfk\":\"AAAA\",\"cph\":1,\"np\":\"cHJlZml4Nw==\"}\nabc\n", "invalid header: invalid manifest")]
    [InlineData("dapr.io/enc/v1\n{\"k\":\"key\",\"kw\":1,\"wfk\":\"AAAA\",\"cph\":1,\"np\":\"cHJlZml4\"}\nabc\n", "invalid header: invalid manifest")]
    [InlineData("dapr.io/enc/v1\n{\"k\":\"key\",\"kw\":1,\"wfk\":\"AAAA\",\"cph\":1,\"np\":\"cHJlZml4Nw==\"}\nabc\n", "failed to decode header's signature")]
    public Task What_is_no_document_is_refused(string document, string problem) => RefusedAsync(Encoding.ASCII.GetBytes(document), problem);

    [Fact]
    public async Task A_header_without_an_end_is_not_waited_for() =>
        await RefusedAsync([.. "dapr.io/enc/v1\n"u8, .. Enumerable.Repeat((byte)'a', 1_000_000)], "invalid header: manifest not found");

    [Theory]
    [InlineData("A512KW", "", "option Algorithm is not valid: algorithm A512KW is not supported")]
    [InlineData("AES", "rot13", "option Cipher is not valid: cipher ROT13 is not supported")]
    [InlineData("A256CBC-NOPAD", "", "failed to wrap the file key: failed to encrypt data: invalid nonce")]
    public async Task Options_that_do_not_work_are_refused(string algorithm, string cipher, string problem)
    {
        var error = await Assert.ThrowsAsync<CryptoOperationException>(() => EncryptAsync(Message(1), cipher, algorithm: algorithm));

        Assert.Equal(problem, error.Message);
    }

    private static byte[] Message(int size) => [.. Enumerable.Range(0, size).Select(i => (byte)(i % 251))];

    private static byte[] HeaderOf(byte[] document)
    {
        var end = 0;
        for (var lines = 0; lines < HeaderLines; lines++)
            end = Array.IndexOf(document, (byte)'\n', end) + 1;
        return document[..end];
    }

    private static async Task<byte[]> EncryptAsync(byte[] message, string cipher = "", string algorithm = "aes", string decryptionKeyName = "", bool omitKeyName = false)
    {
        await using var provider = new LocalCryptoProvider(new OneKey());
        return await AllAsync(EncryptedDocument.EncryptAsync(
            PipeReader.Create(new MemoryStream(message)),
            new EncryptionOptions("key", algorithm, cipher, decryptionKeyName, omitKeyName),
            async (use, key) => (await provider.WrapKeyAsync(use, key, default)).Ciphertext,
            default));
    }

    private static async Task<byte[]> DecryptAsync(byte[] document, string keyName = "")
    {
        await using var provider = new LocalCryptoProvider(new OneKey());
        return await AllAsync(EncryptedDocument.DecryptAsync(
            PipeReader.Create(new MemoryStream(document)), keyName, async (use, wrapped) => await provider.UnwrapKeyAsync(use, wrapped, default, default), default));
    }

    private static async Task RefusedAsync(byte[] document, string problem)
    {
        var error = await Assert.ThrowsAsync<CryptoOperationException>(() => DecryptAsync(document));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    private static async Task<byte[]> AllAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        using var all = new MemoryStream();
        await foreach (var piece in pieces)
            await all.WriteAsync(piece);
        return all.ToArray();
    }

    /// <summary>A source of one symmetric key, "key".</summary>
    private sealed class OneKey : IKeySource
    {
        public ValueTask<LocalKey> FindAsync(string name, CancellationToken cancellationToken) =>
            name == "key" ? new(new LocalKey { Secret = s_encryptionKey }) : throw new CryptoOperationException("key not found");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
