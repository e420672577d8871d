using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Sidecar.Components.Nats;

/// <summary>What a server says.</summary>
internal enum NatsOperation
{
    /// <summary>Facts about the server; <see cref="NatsFrame.Text"/> is JSON.</summary>
    Info,

    /// <summary>A message of a subscription, with or without headers.</summary>
    Message,

    /// <summary>Are you there?</summary>
    Ping,

    /// <summary>The answer to a ping of ours.</summary>
    Pong,

    /// <summary>Only in verbose mode, which is never asked for.</summary>
    Ok,

    /// <summary>An error; <see cref="NatsFrame.Text"/> says which.</summary>
    Error,
}

/// <summary>One operation; the sequences are the reader's until it goes on.</summary>
/// <param name="Operation">What it is.</param>
/// <param name="Text">Subject of a message, else the operation's text.</param>
/// <param name="Sid">The subscription's number.</param>
/// <param name="Reply">Where an answer goes, if one is wanted.</param>
/// <param name="Headers">Header block of a message, empty without one.</param>
/// <param name="Payload">Payload of a message.</param>
internal readonly record struct NatsFrame(
    NatsOperation Operation, string Text = "", long Sid = 0, string? Reply = null, ReadOnlySequence<byte> Headers = default, ReadOnlySequence<byte> Payload = default);

/// <summary>Reads the client protocol (docs.nats.io, "Client Protocol") from bytes that come in any split.</summary>
internal sealed class NatsParser
{
    // An INFO line lists a whole cluster; nothing else comes near this.
    private const int LongestLine = 1 << 20;
    private const int LargestMessage = 1 << 28;
    private byte[] _lastSubject = [];
    private string _lastSubjectText = "";

    /// <summary>Takes one operation off the front of the input; false when it is not all there yet.</summary>
    /// <exception cref="NatsException">The bytes are not the protocol.</exception>
    public bool TryRead(ref ReadOnlySequence<byte> input, out NatsFrame frame)
    {
        frame = default;
        if (input.PositionOf((byte)'\n') is not { } end)
            return input.Length <= LongestLine ? false : throw Malformed("a line without an end");
        var line = input.Slice(0, end);
        var rest = input.Slice(input.GetPosition(1, end));
        if (line.Length > LongestLine)
            throw Malformed("a line that is too long");
        if (!TryParse(line.IsSingleSegment ? line.FirstSpan : line.ToArray(), ref rest, out frame))
            return false;
        input = rest;
        return true;
    }

    private bool TryParse(ReadOnlySpan<byte> line, ref ReadOnlySequence<byte> rest, out NatsFrame frame)
    {
        if (line is not [.. var text, (byte)'\r'])
            throw Malformed("a line that does not end in CR LF");
        var space = text.IndexOfAny((byte)' ', (byte)'\t');
        var name = space < 0 ? text : text[..space];
        var arguments = space < 0 ? [] : text[(space + 1)..].Trim(" \t"u8);
        if (Is(name, "MSG"u8))
            return TryMessage(arguments, withHeaders: false, ref rest, out frame);
        if (Is(name, "HMSG"u8))
            return TryMessage(arguments, withHeaders: true, ref rest, out frame);
        frame = Is(name, "PING"u8) ? new NatsFrame(NatsOperation.Ping)
            : Is(name, "PONG"u8) ? new NatsFrame(NatsOperation.Pong)
            : Is(name, "+OK"u8) ? new NatsFrame(NatsOperation.Ok)
            : Is(name, "-ERR"u8) ? new NatsFrame(NatsOperation.Error, Encoding.UTF8.GetString(arguments.Trim((byte)'\'')))
            : Is(name, "INFO"u8) ? new NatsFrame(NatsOperation.Info, Encoding.UTF8.GetString(arguments))
            : throw Malformed($"the operation '{Encoding.Latin1.GetString(name[..Math.Min(name.Length, 20)])}'");
        return true;
    }

    private bool TryMessage(ReadOnlySpan<byte> arguments, bool withHeaders, ref ReadOnlySequence<byte> rest, out NatsFrame frame)
    {
        Span<Range> parts = stackalloc Range[6];
        var count = Split(arguments, parts);
        var sizes = withHeaders ? 2 : 1;
        if (count != 2 + sizes && count != 3 + sizes)
            throw Malformed($"a message with {count} arguments");
        var headerSize = withHeaders ? Size(arguments[parts[count - 2]]) : 0;
        var size = Size(arguments[parts[count - 1]]);
        if (headerSize > size)
            throw Malformed("headers longer than their message");
        frame = default;
        if (rest.Length < size + 2)
            return false;
        var body = rest.Slice(0, size);
        var tail = rest.Slice(size, 2);
        Span<byte> ending = stackalloc byte[2];
        tail.CopyTo(ending);
        if (!ending.SequenceEqual("\r\n"u8))
            throw Malformed("a message that is longer than it says");
        rest = rest.Slice(size + 2);
        frame = new NatsFrame(
            NatsOperation.Message, Subject(arguments[parts[0]]), Number(arguments[parts[1]]),
            count == 3 + sizes ? Encoding.UTF8.GetString(arguments[parts[2]]) : null, body.Slice(0, headerSize), body.Slice(headerSize));
        return true;
    }

    /// <summary>Messages of one subscription mostly have one subject: it is made into text once.</summary>
    private string Subject(ReadOnlySpan<byte> bytes)
    {
        if (bytes.SequenceEqual(_lastSubject))
            return _lastSubjectText;
        _lastSubject = bytes.ToArray();
        return _lastSubjectText = Encoding.UTF8.GetString(bytes);
    }

    private static int Split(ReadOnlySpan<byte> text, Span<Range> parts)
    {
        var count = 0;
        for (var start = 0; start < text.Length && count < parts.Length;)
        {
            var length = text[start..].IndexOfAny((byte)' ', (byte)'\t');
            var end = length < 0 ? text.Length : start + length;
            if (end > start)
                parts[count++] = start..end;
            start = end + 1;
        }

        return count;
    }

    private static int Size(ReadOnlySpan<byte> text) => Number(text) is >= 0 and <= LargestMessage and var size ? (int)size : throw Malformed("a size that cannot be");

    private static long Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long number, out var read) && read == text.Length ? number : throw Malformed("something else where a number belongs");

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> operation) => Ascii.EqualsIgnoreCase(name, operation);

    private static NatsException Malformed(string what) => new($"the server does not speak NATS: it sent {what}");
}
