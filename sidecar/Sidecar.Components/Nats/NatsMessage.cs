using System.Buffers;

namespace Sidecar.Components.Nats;

/// <summary>A message of a subscription, or the answer to a request.</summary>
/// <param name="Subject">Subject it was published to.</param>
/// <param name="Reply">Where an answer goes, or null.</param>
/// <param name="HeaderBlock">Headers as they came; empty without any.</param>
/// <param name="Payload">Payload.</param>
internal readonly record struct NatsMessage(string Subject, string? Reply, ReadOnlyMemory<byte> HeaderBlock, ReadOnlyMemory<byte> Payload)
{
    /// <summary>True when the server or a consumer speaks rather than a publisher.</summary>
    public bool HasStatus => HeaderBlock.Span.StartsWith("NATS/1.0 "u8);

    /// <summary>Reads the headers.</summary>
    public NatsHeaders Headers => NatsHeaders.Read(HeaderBlock.Span);

    /// <summary>Copies what the reader only lends.</summary>
    public static NatsMessage Copy(in NatsFrame frame)
    {
        var headers = (int)frame.Headers.Length;
        var bytes = new byte[headers + (int)frame.Payload.Length];
        frame.Headers.CopyTo(bytes);
        frame.Payload.CopyTo(bytes.AsSpan(headers));
        return new NatsMessage(frame.Text, frame.Reply, bytes.AsMemory(0, headers), bytes.AsMemory(headers));
    }
}

/// <summary>A subscription of a connection; it outlives reconnects.</summary>
/// <param name="Sid">Its number on the wire.</param>
/// <param name="Subject">Subject, wildcards allowed.</param>
/// <param name="Queue">Queue group: one of its members gets each message; null for none.</param>
/// <param name="OnMessage">Takes a message on the connection's reader: it must not wait.</param>
internal sealed record NatsSubscription(long Sid, string Subject, string? Queue, Action<NatsMessage> OnMessage);
