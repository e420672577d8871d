using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;

namespace Sidecar.Runtime.Cryptography.Scheme;

/// <summary>What a document begins with: three lines, the scheme's name, the manifest, and the Base64 of a MAC over both.</summary>
/// <param name="Manifest">The second line, as it stands there.</param>
/// <param name="Mac">The third line.</param>
internal sealed record Header(byte[] Manifest, byte[] Mac)
{
    private const byte Newline = (byte)'\n';
    private static readonly byte[] s_scheme = "dapr.io/enc/v1"u8.ToArray();

    /// <summary>A header over a manifest.</summary>
    /// <exception cref="CryptoOperationException">It would be longer than a segment.</exception>
    public static byte[] Write(byte[] manifest, FileKey key)
    {
        var lines = Lines(manifest);
        byte[] header = [.. lines, .. Encoding.ASCII.GetBytes(Convert.ToBase64String(key.Sign(lines))), Newline];
        return header.Length <= Segments.Size ? header : throw new CryptoOperationException("failed to sign header: header is too long");
    }

    /// <summary>Reads the header off a stream; what follows stays in it.</summary>
    /// <exception cref="CryptoOperationException">The stream does not begin with one.</exception>
    public static async Task<Header> ReadAsync(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            if (TryRead(read.Buffer, out var header, out var end, out var problem))
            {
                input.AdvanceTo(end);
                return header;
            }

            if (read.IsCompleted || read.Buffer.Length >= Segments.Size || IsHopeless(problem))
                throw new CryptoOperationException($"invalid header: {problem}");
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <exception cref="CryptoOperationException">The MAC is not this key's over this manifest.</exception>
    public void Verify(FileKey key)
    {
        var mac = new byte[Base64.GetMaxDecodedFromUtf8Length(Mac.Length)];
        if (Base64.DecodeFromUtf8(Mac, mac, out _, out var length) != OperationStatus.Done)
            throw new CryptoOperationException("failed to decode header's signature");
        if (!CryptographicOperations.FixedTimeEquals(mac.AsSpan(0, length), key.Sign(Lines(Manifest))))
            throw new CryptoOperationException("failed to validate the document's signature");
    }

    private static byte[] Lines(byte[] manifest) => [.. s_scheme, Newline, .. manifest, Newline];

    private static bool IsHopeless(string problem) => problem is "unsupported scheme" or "invalid format";

    private static bool TryRead(ReadOnlySequence<byte> buffer, out Header header, out SequencePosition end, out string problem)
    {
        var reader = new SequenceReader<byte>(buffer);
        (header, end) = (null!, buffer.Start);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> scheme, Newline))
        {
            problem = "scheme name not found";
            return false;
        }

        if (!scheme.ToArray().AsSpan().SequenceEqual(s_scheme))
        {
            problem = scheme.IsEmpty ? "invalid format" : "unsupported scheme";
            return false;
        }

        if (!reader.TryReadTo(out ReadOnlySequence<byte> manifest, Newline))
        {
            problem = "manifest not found";
            return false;
        }

        if (!reader.TryReadTo(out ReadOnlySequence<byte> mac, Newline))
        {
            problem = manifest.IsEmpty ? "invalid format" : "message authentication code not found";
            return false;
        }

        (header, end) = (new Header(manifest.ToArray(), mac.ToArray()), reader.Position);
        problem = manifest.IsEmpty || mac.IsEmpty ? "invalid format" : "";
        return problem.Length == 0;
    }
}
