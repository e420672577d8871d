using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Sidecar.Runtime.Cryptography.Scheme;

/// <summary>One piece of a document.</summary>
internal readonly record struct Segment(byte[] Data, uint Number, bool IsLast);

/// <summary>Cuts a stream into segments of one size; the last may be shorter, and an empty stream has none.</summary>
internal static class Segments
{
    /// <summary>Bytes of plaintext in every segment but the last.</summary>
    public const int Size = 64 << 10;

    public static async IAsyncEnumerable<Segment> ReadAsync(PipeReader input, int size, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var number = 0u; ; number++)
        {
            // One byte more than a segment: without it nobody could tell the last one.
            var read = await input.ReadAtLeastAsync(size + 1, cancellationToken);
            var isLast = read.Buffer.Length <= size;
            var piece = isLast ? read.Buffer : read.Buffer.Slice(0, size);
            var data = piece.ToArray();
            input.AdvanceTo(piece.End);
            if (data.Length > 0)
                yield return new Segment(data, number, isLast);
            if (isLast)
                yield break;
            if (number == uint.MaxValue)
                throw new CryptoOperationException("input stream is too large");
        }
    }
}
