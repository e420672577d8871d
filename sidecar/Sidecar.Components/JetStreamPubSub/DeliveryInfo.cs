using System.Globalization;
using Sidecar.Components.Nats;

namespace Sidecar.Components.JetStreamPubSub;

/// <summary>What the reply subject of a delivery tells: <c>$JS.ACK.[domain.account.]stream.consumer.delivered.streamSeq.consumerSeq.time.pending[.token]</c>.</summary>
/// <param name="Stream">Stream.</param>
/// <param name="Sequence">Number of the message in it.</param>
/// <param name="Delivered">How many times it was delivered, this one included.</param>
internal readonly record struct DeliveryInfo(string Stream, ulong Sequence, ulong Delivered)
{
    private const int ShortForm = 9;
    private const int LongForm = 11;

    /// <summary>Null when the reply subject is none of JetStream's.</summary>
    public static DeliveryInfo? Parse(string? reply)
    {
        if (reply is null || !reply.StartsWith("$JS.ACK.", StringComparison.Ordinal))
            return null;
        var parts = reply.Split('.');
        if (parts.Length != ShortForm && parts.Length < LongForm)
            return null;
        var first = parts.Length == ShortForm ? 2 : 4;
        if (!ulong.TryParse(parts[first + 2], CultureInfo.InvariantCulture, out var delivered)
            || !ulong.TryParse(parts[first + 3], CultureInfo.InvariantCulture, out var sequence))
            return null;
        return new DeliveryInfo(parts[first], sequence, delivered);
    }
}

/// <summary>What the server pushed: a message of the stream, or, without <paramref name="Info"/>, something else.</summary>
internal readonly record struct Delivery(NatsMessage Message, DeliveryInfo? Info);
