using System.Globalization;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.KafkaPubSub;

/// <summary>Reads the metadata of <c>pubsub.kafka</c>, with the names, defaults and refusals of Dapr's component (components-contrib 1.18, common/component/kafka).</summary>
internal static partial class KafkaMetadata
{
    private static readonly string[] s_registryKeys = ["schemaRegistryURL", "schemaRegistryAPIKey", "schemaRegistryAPISecret"];

    /// <exception cref="ComponentException">A key is missing, malformed or asks for what the embedded sidecar does not have.</exception>
    public static KafkaSettings Read(Component component)
    {
        foreach (var key in s_registryKeys)
        {
            if (component.Text(key) is not null)
                throw new ComponentException(component, key, "asks for a schema registry, which the embedded sidecar does not speak to; remove it and send JSON, or run the app with daprd");
        }

        if (component.Text("version") is { } version && !Version().IsMatch(version))
            throw new ComponentException(component, "version", $"is '{version}'; write Kafka's version as 2.0.0 (or 0.10.2.0)");
        return new KafkaSettings
        {
            Brokers = Brokers(component),
            ConsumerGroup = component.Text("consumerGroup"),
            ClientId = component.Text("clientID", "clientId") ?? "sarama",
            Security = Security(component),
            InitialOffset = Choice(component, "initialOffset", AutoOffsetReset.Latest, ("newest", AutoOffsetReset.Latest), ("oldest", AutoOffsetReset.Earliest)),
            MaxMessageBytes = Number(component, "maxMessageBytes", 0) is var bytes and > 0 ? bytes : 1 << 20,
            RetryInPlace = component.Text("consumeRetryEnabled") is null || component.Flag("consumeRetryEnabled"),
            BackOff = BackOff(component),
            ConsumeRetryInterval = ConsumeRetryInterval(component),
            HeartbeatInterval = component.Duration(TimeSpan.FromSeconds(3), "heartbeatInterval"),
            SessionTimeout = component.Duration(TimeSpan.FromSeconds(10), "sessionTimeout"),
            QueueDepth = Math.Max(Number(component, "channelBufferSize", 256), 8192),
            FetchMin = Number(component, "consumerFetchMin", 1),
            FetchDefault = Number(component, "consumerFetchDefault", 1 << 20),
            Compression = Choice(
                component, "compression", CompressionType.None, ("none", CompressionType.None), ("gzip", CompressionType.Gzip), ("snappy", CompressionType.Snappy),
                ("lz4", CompressionType.Lz4), ("zstd", CompressionType.Zstd)),
            Acks = Choice(
                component, "producerRequiredAcks", Acks.All, ("all", Acks.All), ("-1", Acks.All), ("local", Acks.Leader), ("1", Acks.Leader), ("none", Acks.None), ("0", Acks.None)),
            ProducerRetryMax = component.Text("producerRetryMax") is null ? null : Number(component, "producerRetryMax", 5),
            // Dapr falls back to range for a name it does not know. librdkafka has no eager form of sticky: its own is the cooperative one.
            RebalanceStrategy = component.Text("consumerGroupRebalanceStrategy")?.ToUpperInvariant() switch
            {
                "STICKY" => PartitionAssignmentStrategy.CooperativeSticky,
                "ROUNDROBIN" => PartitionAssignmentStrategy.RoundRobin,
                _ => PartitionAssignmentStrategy.Range,
            },
            MetadataRefresh = component.Duration(TimeSpan.Zero, "clientConnectionTopicMetadataRefreshInterval") is var refresh && refresh > TimeSpan.Zero ? refresh : TimeSpan.FromMinutes(8),
            EscapeHeaders = component.Flag("escapeHeaders"),
            ExcludedHeaders = ExcludedHeaders(component),
        };
    }

    private static string Brokers(Component component)
    {
        var brokers = component.RequiredText("brokers").Split(',', StringSplitOptions.TrimEntries);
        return brokers.All(broker => broker.Length > 0 && !broker.Contains(' ', StringComparison.Ordinal))
            ? string.Join(',', brokers)
            : throw new ComponentException(component, "brokers", $"is '{component.Text("brokers")}'; write host:port, several of them separated by commas");
    }

    private static KafkaSecurity Security(Component component)
    {
        var type = AuthType(component);
        var tls = !component.Flag("disableTls") && type != "none";
        var security = new KafkaSecurity { Tls = tls, SkipVerify = component.Flag("skipVerify"), CaCertificate = Pem(component, "caCert") };
        switch (type)
        {
            case "none":
                return security;
            case "certificate":
                _ = component.RequiredText("caCert");
                return security;
            case "mtls":
                if (!tls)
                    throw new ComponentException(component, "disableTls", "is true, but authType 'mtls' is a certificate shown over TLS; remove one of the two");
                _ = component.RequiredText("clientCert");
                _ = component.RequiredText("clientKey");
                return security with { ClientCertificate = Pem(component, "clientCert"), ClientKey = Pem(component, "clientKey") };
            case "password":
                return security with
                {
                    Username = component.RequiredText("saslUsername"),
                    Password = component.RequiredText("saslPassword"),
                    Mechanism = component.Text("saslMechanism") switch
                    {
                        "SHA-256" => SaslMechanism.ScramSha256,
                        "SHA-512" => SaslMechanism.ScramSha512,
                        _ => SaslMechanism.Plain,
                    },
                };
            case "oidc" or "oidc_private_key_jwt" or "oidc_workload_identity" or "awsiam":
                throw new ComponentException(component, "authType", $"is '{type}', which the embedded sidecar does not have; it has none, password, certificate and mtls. Use one of these, or run the app with daprd");
            default:
                throw new ComponentException(component, "authType", $"is '{type}'; write none, password, certificate or mtls");
        }
    }

    /// <summary><c>authType</c>, or what the older <c>authRequired</c> stands for.</summary>
    private static string AuthType(Component component)
    {
        if (component.Text("authType") is { } given)
            return given.ToLowerInvariant();
        if (component.Text("authRequired") is null)
            throw new ComponentException(component, "authType", "is missing or empty; write none, password, certificate or mtls");
        if (!component.Flag("authRequired"))
            return "none";
        return component.Text("saslPassword") is null ? "mtls" : "password";
    }

    private static string? Pem(Component component, string key)
    {
        if (component.Text(key) is not { } text)
            return null;
        return System.Security.Cryptography.PemEncoding.TryFind(text, out _) ? text : throw new ComponentException(component, key, "is not in PEM form (-----BEGIN …)");
    }

    private static RetryBackOff BackOff(Component component)
    {
        var standard = new RetryBackOff();
        return new RetryBackOff
        {
            Exponential = Choice(component, "backOffPolicy", false, ("constant", false), ("exponential", true)),
            Duration = component.Duration(standard.Duration, "backOffDuration"),
            InitialInterval = component.Duration(standard.InitialInterval, "backOffInitialInterval"),
            Multiplier = Real(component, "backOffMultiplier", standard.Multiplier),
            RandomizationFactor = Real(component, "backOffRandomizationFactor", standard.RandomizationFactor),
            MaxInterval = component.Duration(standard.MaxInterval, "backOffMaxInterval"),
            MaxElapsedTime = component.Duration(standard.MaxElapsedTime, "backOffMaxElapsedTime"),
            MaxRetries = component.Text("backOffMaxRetries") is null ? -1 : Number(component, "backOffMaxRetries", -1, least: -1),
        };
    }

    /// <summary>A bare number counts milliseconds here, unlike elsewhere.</summary>
    private static TimeSpan ConsumeRetryInterval(Component component) =>
        int.TryParse(component.Text("consumeRetryInterval"), CultureInfo.InvariantCulture, out var milliseconds) && milliseconds >= 0
            ? TimeSpan.FromMilliseconds(milliseconds)
            : component.Duration(TimeSpan.FromMilliseconds(100), "consumeRetryInterval");

    private static Regex? ExcludedHeaders(Component component)
    {
        if (component.Text("excludeHeaderMetaRegex") is not { } pattern)
            return null;
        try
        {
            // Go's expressions have no look-around and no back-references either, and match in linear time.
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new ComponentException(component, "excludeHeaderMetaRegex", $"is '{pattern}', which is no regular expression: {exception.Message}", exception);
        }
    }

    private static T Choice<T>(Component component, string key, T otherwise, params ReadOnlySpan<(string Name, T Value)> choices)
    {
        if (component.Text(key) is not { } text)
            return otherwise;
        var names = new List<string>();
        foreach (var (name, value) in choices)
        {
            if (string.Equals(name, text, StringComparison.OrdinalIgnoreCase))
                return value;
            names.Add(name);
        }

        throw new ComponentException(component, key, $"is '{text}'; write one of {string.Join(", ", names)}");
    }

    private static int Number(Component component, string key, int otherwise, int least = 0)
    {
        if (component.Text(key) is not { } text)
            return otherwise;
        return int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw new ComponentException(component, key, $"is '{text}'; write a whole number of at least {least}");
    }

    private static double Real(Component component, string key, double otherwise)
    {
        if (component.Text(key) is not { } text)
            return otherwise;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0
            ? number
            : throw new ComponentException(component, key, $"is '{text}'; write a number");
    }

    [GeneratedRegex(@"^(0\.\d+\.\d+\.\d+|[1-9]\d*\.\d+\.\d+)$")]
    private static partial Regex Version();
}
