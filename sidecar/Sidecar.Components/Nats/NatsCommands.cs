using System.Buffers;
using System.Globalization;
using System.Text;

namespace Sidecar.Components.Nats;

/// <summary>Writes what a client says.</summary>
internal static class NatsCommands
{
    private static readonly SearchValues<char> s_notInSubjects = SearchValues.Create(" \t\r\n\f\v\0");

    /// <summary>A subject that would break the protocol's line, or is empty, is refused before it is sent.</summary>
    /// <exception cref="NatsException">It cannot be a subject.</exception>
    public static void CheckSubject(string subject)
    {
        if (subject.Length == 0 || subject.AsSpan().ContainsAny(s_notInSubjects) || subject[0] == '.' || subject[^1] == '.' || subject.Contains("..", StringComparison.Ordinal))
            throw new NatsException($"'{subject}' cannot be a NATS subject: parts between dots must not be empty, and white space is not allowed");
    }

    public static int Connect(IBufferWriter<byte> output, string json) => Line(output, $"CONNECT {json}");

    public static int Subscribe(IBufferWriter<byte> output, NatsSubscription subscription) =>
        Line(output, string.Create(CultureInfo.InvariantCulture, $"SUB {subscription.Subject}{(subscription.Queue is { } queue ? " " + queue : "")} {subscription.Sid}"));

    public static int Unsubscribe(IBufferWriter<byte> output, long sid) => Line(output, string.Create(CultureInfo.InvariantCulture, $"UNSUB {sid}"));

    public static int Ping(IBufferWriter<byte> output) => Line(output, "PING");

    public static int Pong(IBufferWriter<byte> output) => Line(output, "PONG");

    /// <summary>PUB, or HPUB when there are headers.</summary>
    public static int Publish(IBufferWriter<byte> output, string subject, string? reply, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload)
    {
        // Two numbers of at most ten digits, the operation, spaces and line ends.
        var most = 40 + Encoding.UTF8.GetMaxByteCount(subject.Length) + Encoding.UTF8.GetMaxByteCount(reply?.Length ?? 0) + headers.Length;
        var target = output.GetSpan(most);
        var written = Put(target, headers.IsEmpty ? "PUB "u8 : "HPUB "u8);
        written += Encoding.UTF8.GetBytes(subject, target[written..]);
        target[written++] = (byte)' ';
        if (reply is not null)
        {
            written += Encoding.UTF8.GetBytes(reply, target[written..]);
            target[written++] = (byte)' ';
        }

        if (!headers.IsEmpty)
        {
            written += Number(target[written..], headers.Length);
            target[written++] = (byte)' ';
        }

        written += Number(target[written..], headers.Length + payload.Length);
        written += Put(target[written..], "\r\n"u8);
        written += Put(target[written..], headers);
        output.Advance(written);
        output.Write(payload);
        output.Write("\r\n"u8);
        return written + payload.Length + 2;
    }

    private static int Line(IBufferWriter<byte> output, string text)
    {
        var written = Encoding.UTF8.GetBytes(text, output);
        output.Write("\r\n"u8);
        return (int)written + 2;
    }

    private static int Put(Span<byte> target, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(target);
        return bytes.Length;
    }

    private static int Number(Span<byte> target, int number)
    {
        number.TryFormat(target, out var written, default, CultureInfo.InvariantCulture);
        return written;
    }
}
