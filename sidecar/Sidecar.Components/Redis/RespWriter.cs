using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Sidecar.Components.Redis;

/// <summary>Writes commands as RESP2 has them: an array of bulk strings.</summary>
internal static class RespWriter
{
    private const int LongestNumber = 20;

    /// <summary>Appends one command.</summary>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<RedisArgument> command)
    {
        Header(output, (byte)'*', command.Length);
        foreach (ref readonly var argument in command)
        {
            if (argument.Text is { } text)
                WriteText(output, text);
            else if (argument.IsNumber)
                WriteNumber(output, argument.Number);
            else
                WriteBytes(output, argument.Bytes.Span);
        }
    }

    private static void WriteText(IBufferWriter<byte> output, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Header(output, (byte)'$', length);
        var span = output.GetSpan(length + 2);
        Encoding.UTF8.GetBytes(text, span);
        End(output, span, length);
    }

    private static void WriteNumber(IBufferWriter<byte> output, long number)
    {
        Span<byte> digits = stackalloc byte[LongestNumber];
        Utf8Formatter.TryFormat(number, digits, out var length);
        WriteBytes(output, digits[..length]);
    }

    private static void WriteBytes(IBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        Header(output, (byte)'$', bytes.Length);
        var span = output.GetSpan(bytes.Length + 2);
        bytes.CopyTo(span);
        End(output, span, bytes.Length);
    }

    private static void Header(IBufferWriter<byte> output, byte kind, int count)
    {
        var span = output.GetSpan(LongestNumber + 3);
        span[0] = kind;
        Utf8Formatter.TryFormat(count, span[1..], out var length);
        End(output, span, length + 1);
    }

    private static void End(IBufferWriter<byte> output, Span<byte> span, int length)
    {
        span[length] = (byte)'\r';
        span[length + 1] = (byte)'\n';
        output.Advance(length + 2);
    }
}
