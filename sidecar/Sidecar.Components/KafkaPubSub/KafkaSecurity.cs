using Confluent.Kafka;

namespace Sidecar.Components.KafkaPubSub;

/// <summary>Encryption and identity of the connections to the brokers.</summary>
internal sealed record KafkaSecurity
{
    public bool Tls { get; init; }

    public bool SkipVerify { get; init; }

    /// <summary>Certificate authority as PEM, or null for the system's.</summary>
    public string? CaCertificate { get; init; }

    public string? ClientCertificate { get; init; }

    public string? ClientKey { get; init; }

    public SaslMechanism? Mechanism { get; init; }

    public string? Username { get; init; }

    public string? Password { get; init; }

    public void Apply(ClientConfig config)
    {
        config.SecurityProtocol = (Tls, Mechanism) switch
        {
            (true, null) => SecurityProtocol.Ssl,
            (true, _) => SecurityProtocol.SaslSsl,
            (false, null) => SecurityProtocol.Plaintext,
            (false, _) => SecurityProtocol.SaslPlaintext,
        };
        if (Mechanism is not null)
            (config.SaslMechanism, config.SaslUsername, config.SaslPassword) = (Mechanism, Username, Password);
        if (!Tls)
            return;
        config.EnableSslCertificateVerification = !SkipVerify;
        config.SslEndpointIdentificationAlgorithm = SkipVerify ? SslEndpointIdentificationAlgorithm.None : SslEndpointIdentificationAlgorithm.Https;
        if (CaCertificate is not null)
            config.SslCaPem = CaCertificate;
        if (ClientCertificate is not null)
            (config.SslCertificatePem, config.SslKeyPem) = (ClientCertificate, ClientKey);
    }
}
