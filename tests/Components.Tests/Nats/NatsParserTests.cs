using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sidecar.Components.Nats;

namespace Components.Tests.Nats;

/// <summary>The parser gets bytes as the network splits them, and whatever else may be at the other end.</summary>
public sealed class NatsParserTests
{
    private static readonly string[] s_operations =
    [
        "PING\r\n", "PONG\r\n", "+OK\r\n", "-ERR 'Authorization Violation'\r\n", "INFO {\"max_payload\":1024}\r\n", "MSG orders 1 0\r\n\r\n",
        "MSG orders.new 12 _INBOX.a.7 5\r\nhe\r\no\r\n", "msg\torders  3  2\r\nab\r\n", "HMSG orders 9 12 15\r\nNATS/1.0\r\n\r\nabc\r\n",
        "HMSG orders 9 _INBOX.b 34 37\r\nNATS/1.0\r\nNats-Msg-Id: e-12345\r\n\r\nabc\r\n", "HMSG _INBOX.x.1 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n",
    ];

    [Fact]
    public void Any_stream_of_operations_reads_the_same_in_any_split()
    {
        var streams = Gen.Elements(s_operations).ListOf().Select(parts => string.Concat(parts)).ToArbitrary();
        Prop.ForAll(streams, ArbMap.Default.ArbFor<PositiveInt[]>(), (text, cuts) =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            return Read(bytes, [bytes.Length]).SequenceEqual(Read(bytes, [.. cuts.Select(cut => cut.Get)])) && Read(bytes, [1]).SequenceEqual(Read(bytes, [bytes.Length]));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Whatever_the_bytes_are_they_are_read_or_refused()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), Gen.Elements(s_operations).ToArbitrary(), (noise, operation) =>
        {
            var bytes = Encoding.UTF8.GetBytes(operation).Concat(noise).ToArray();
            if (noise.Length > 0)
                bytes[noise[0] % bytes.Length] ^= noise[^1];
            try
            {
                Read(bytes, [3, 1, 50]);
                return true;
            }
            catch (NatsException)
            {
                return true;
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_message_has_subject_number_reply_headers_and_payload()
    {
        Assert.Equal(
            ["Message orders 9 _INBOX.b NATS/1.0|Nats-Msg-Id: e-12345|| abc"], Read(Encoding.UTF8.GetBytes(s_operations[9]), [7]));
        Assert.Equal(503, NatsHeaders.Read("NATS/1.0 503\r\n\r\n"u8).Status);
        var control = NatsHeaders.Read("NATS/1.0 100 FlowControl Request\r\nA: b\r\nA: c\r\n\r\n"u8);
        Assert.Equal((100, "FlowControl Request", "b"), (control.Status, control.Description, control["a"]));
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    [InlineData("PING\n")]
    [InlineData("MSG orders 1\r\n")]
    [InlineData("MSG orders 1 2 3 4\r\n")]
    [InlineData("MSG orders x 3\r\nabc\r\n")]
    [InlineData("MSG orders 1 -1\r\n")]
    [InlineData("MSG orders 1 99999999999\r\n")]
    [InlineData("MSG orders 1 3\r\nabcd\r\n")]
    [InlineData("HMSG orders 1 9 3\r\nabc\r\n")]
    public void What_is_not_the_protocol_is_refused(string text)
    {
        var refusal = Assert.Throws<NatsException>(() => Read(Encoding.UTF8.GetBytes(text), [5]));
        Assert.Contains("does not speak NATS", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_without_an_end_is_refused_before_it_fills_the_memory() =>
        Assert.Throws<NatsException>(() => Read(new byte[(1 << 20) + 2], [1 << 20]));

    [Fact]
    public void What_is_written_is_read_back()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<NonNull<string>>(), (payload, id) =>
        {
            var output = new ArrayBufferWriter<byte>();
            var headers = NatsHeaders.Write("Nats-Msg-Id", id.Get);
            var written = NatsCommands.Publish(output, "orders", "_INBOX.a.1", headers, payload);
            var text = Encoding.Latin1.GetString(output.WrittenSpan);
            var expected = $"HPUB orders _INBOX.a.1 {headers.Length} {headers.Length + payload.Length}\r\n{Encoding.Latin1.GetString(headers)}{Encoding.Latin1.GetString(payload)}\r\n";
            return written == output.WrittenCount && text == expected && headers.AsSpan().Count("\r\n"u8) == 3;
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>Feeds the bytes in pieces of the given sizes, over and over, and shows each frame as text.</summary>
    private static List<string> Read(byte[] bytes, int[] pieces)
    {
        var parser = new NatsParser();
        var frames = new List<string>();
        var waiting = new List<ReadOnlyMemory<byte>>();
        for (int at = 0, turn = 0; at < bytes.Length; turn++)
        {
            var size = Math.Min(pieces.Length == 0 ? bytes.Length : Math.Max(1, pieces[turn % pieces.Length]), bytes.Length - at);
            waiting.Add(bytes.AsMemory(at, size));
            at += size;
            var input = Segment.Join(waiting);
            while (parser.TryRead(ref input, out var frame))
            {
                frames.Add($"{frame.Operation} {frame.Text} {frame.Sid} {frame.Reply} {Text(frame.Headers)} {Text(frame.Payload)}");
            }

            waiting = input.IsEmpty ? [] : [input.ToArray()];
        }

        return frames;
    }

    private static string Text(ReadOnlySequence<byte> bytes) => Encoding.Latin1.GetString(bytes.ToArray()).Replace("\r\n", "|", StringComparison.Ordinal);

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        private Segment(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public static ReadOnlySequence<byte> Join(List<ReadOnlyMemory<byte>> pieces)
        {
            var first = new Segment(pieces[0], 0);
            var last = first;
            foreach (var piece in pieces.Skip(1))
            {
                var next = new Segment(piece, last.RunningIndex + last.Memory.Length);
                last.Next = next;
                last = next;
            }

            return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        }
    }
}
