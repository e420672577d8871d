using Sidecar.Components.Nats;

namespace Sidecar.Components.JetStreamPubSub;

/// <summary>JetStream refuses a request.</summary>
internal sealed class JetStreamException(string message, int number = 0, Exception? inner = null) : NatsException(message, inner)
{
    /// <summary>The API's own number of the error (<c>err_code</c>), or 0.</summary>
    public int Number { get; } = number;
}
