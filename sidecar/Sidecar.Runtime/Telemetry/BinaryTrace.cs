using System.Diagnostics;

namespace Sidecar.Runtime.Telemetry;

/// <summary>
/// A trace context in the binary form that gRPC carries as <c>grpc-trace-bin</c> (OpenCensus): a version byte, then fields 0 trace id, 1 span id, 2 flags.
/// Vendors' entries have no place in it.
/// </summary>
internal static class BinaryTrace
{
    /// <summary>Metadata key.</summary>
    public const string Key = "grpc-trace-bin";

    private const int SpanIdField = 18;
    private const int FlagsField = 27;
    private const int Length = 29;

    /// <summary>The binary form of a <c>traceparent</c>; null when that is none.</summary>
    public static byte[]? Format(string? traceParent)
    {
        if (!ActivityContext.TryParse(traceParent, null, out var context))
            return null;
        var bytes = new byte[Length];
        context.TraceId.CopyTo(bytes.AsSpan(2, 16));
        bytes[SpanIdField] = 1;
        context.SpanId.CopyTo(bytes.AsSpan(SpanIdField + 1, 8));
        bytes[FlagsField] = 2;
        bytes[FlagsField + 1] = (byte)context.TraceFlags;
        return bytes;
    }

    /// <summary>The <c>traceparent</c> of a binary form; null when the bytes are none.</summary>
    public static string? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FlagsField || bytes[0] != 0 || bytes[1] != 0 || bytes[SpanIdField] != 1)
            return null;
        var flags = bytes.Length >= Length && bytes[FlagsField] == 2 ? bytes[FlagsField + 1] & 1 : 0;
        return $"00-{Convert.ToHexStringLower(bytes[2..SpanIdField])}-{Convert.ToHexStringLower(bytes[(SpanIdField + 1)..FlagsField])}-{flags:x2}";
    }
}
