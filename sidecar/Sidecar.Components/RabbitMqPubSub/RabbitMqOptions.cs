using System.Security.Cryptography.X509Certificates;

namespace Sidecar.Components.RabbitMqPubSub;

/// <summary>What the metadata of a <c>pubsub.rabbitmq</c> component says.</summary>
internal sealed record RabbitMqOptions
{
    /// <summary>Address and credentials; scheme <c>amqp</c> or <c>amqps</c>.</summary>
    public required Uri Server { get; init; }

    public string? ClientName { get; init; }

    public TimeSpan HeartBeat { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The one authority to trust for the server's certificate; without one the system's.</summary>
    public X509Certificate2? Authority { get; init; }

    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>The user is who the client certificate says.</summary>
    public bool SaslExternal { get; init; }

    public bool Durable { get; init; } = true;

    public bool DeleteWhenUnused { get; init; } = true;

    public bool AutoAcknowledge { get; init; }

    public bool RequeueInFailure { get; init; }

    /// <summary>0 leaves it to the broker, 1 is transient, 2 persistent.</summary>
    public int DeliveryMode { get; init; }

    /// <summary>Unacknowledged messages per subscription; 0 for no end.</summary>
    public ushort PrefetchCount { get; init; }

    public TimeSpan ReconnectWait { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Most messages of a queue; 0 for no end.</summary>
    public long MaxLength { get; init; }

    /// <summary>Most bytes of a queue; 0 for no end.</summary>
    public long MaxLengthBytes { get; init; }

    public string ExchangeKind { get; init; } = "fanout";

    public bool EnableDeadLetter { get; init; }

    public bool PublisherConfirm { get; init; }

    /// <summary>One message after the other, in the order of the queue.</summary>
    public bool OneByOne { get; init; }

    /// <summary>How long a message lives whose publisher does not say.</summary>
    public TimeSpan? TimeToLive { get; init; }

    public bool PublishMessagePropertiesToMetadata { get; init; }

    /// <summary>Host and port, for errors: never with the password.</summary>
    public string Address => $"{Server.Host}:{(Server.IsDefaultPort || Server.Port < 0 ? IsTls ? 5671 : 5672 : Server.Port)}";

    public bool IsTls => Server.Scheme == "amqps";
}
