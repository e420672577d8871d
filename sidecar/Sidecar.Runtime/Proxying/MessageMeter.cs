using Dapr.Protocol.Grpc;

namespace Sidecar.Runtime.Proxying;

/// <summary>Follows gRPC's framing in bytes that pass: counts the messages, and refuses one that is larger than the sidecar takes.</summary>
internal sealed class MessageMeter(long limit)
{
    private const int PrefixLength = 5;

    private int _prefix;
    private uint _size;
    private long _left;

    /// <summary>How many messages have begun.</summary>
    public int Messages { get; private set; }

    /// <summary>Takes the next bytes.</summary>
    /// <exception cref="GrpcException">ResourceExhausted: a message is too large.</exception>
    public void Advance(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_left > 0)
            {
                var inside = (int)Math.Min(_left, bytes.Length);
                _left -= inside;
                bytes = bytes[inside..];
                continue;
            }

            // The first byte of a prefix says whether the message is compressed, the other four how long it is.
            if (_prefix++ > 0)
                _size = (_size << 8) | bytes[0];
            bytes = bytes[1..];
            if (_prefix == PrefixLength)
                Begin();
        }
    }

    private void Begin()
    {
        if (_size > limit)
            throw new GrpcException(GrpcStatusCode.ResourceExhausted, $"grpc: received message larger than max ({_size} vs. {limit})");
        Messages++;
        (_left, _size, _prefix) = (_size, 0, 0);
    }
}
