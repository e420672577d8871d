using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Conformance;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components.KafkaPubSub;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.PubSub;
using Sidecar.Runtime.Resources;

namespace Components.Tests.Kafka;

/// <summary>What the component does not take, and what it says then.</summary>
[NeedsServer("kafka")]
public sealed class KafkaRefusalTests : IAsyncDisposable
{
    private readonly SharedInstances _shared = new();

    public ValueTask DisposeAsync() => _shared.DisposeAsync();

    [Theory]
    [InlineData("brokers", "", "is missing")]
    [InlineData("brokers", "a:1,,b:2", "host:port")]
    [InlineData("authType", "", "is missing")]
    [InlineData("authType", "kerberos", "write none, password, certificate or mtls")]
    [InlineData("authType", "oidc", "which the embedded sidecar does not have")]
    [InlineData("authType", "awsiam", "which the embedded sidecar does not have")]
    [InlineData("initialOffset", "middle", "newest, oldest")]
    [InlineData("maxMessageBytes", "lots", "whole number")]
    [InlineData("version", "two", "2.0.0")]
    [InlineData("compression", "rar", "zstd")]
    [InlineData("producerRequiredAcks", "some", "all")]
    [InlineData("sessionTimeout", "soon", "no duration")]
    [InlineData("caCert", "not a certificate", "PEM")]
    [InlineData("excludeHeaderMetaRegex", "(", "no regular expression")]
    [InlineData("schemaRegistryURL", "http://localhost:8081", "schema registry")]
    [InlineData("backOffPolicy", "random", "constant, exponential")]
    public async Task Metadata_that_is_wrong_or_not_to_be_had_is_refused_by_its_key(string key, string value, string says)
    {
        var refusal = await Assert.ThrowsAsync<ComponentException>(() => CreateAsync(new() { [key] = value }));
        Assert.Contains($"metadata '{key}'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("pubsub.yaml:3", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_needs_a_user_and_mtls_needs_TLS()
    {
        var noUser = await Assert.ThrowsAsync<ComponentException>(() => CreateAsync(new() { ["authType"] = "password", ["saslPassword"] = "x" }));
        Assert.Contains("saslUsername", noUser.Message, StringComparison.Ordinal);
        var noTls = await Assert.ThrowsAsync<ComponentException>(() => CreateAsync(new() { ["authType"] = "mtls", ["disableTls"] = "true" }));
        Assert.Contains("disableTls", noTls.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_native_library_the_error_says_how_to_install_it()
    {
        var factory = new KafkaPubSubFactory(() => NativeKafka.MissingUnder("no-such-librdkafka"));
        var refusal = await Assert.ThrowsAsync<ComponentException>(() => factory.CreateAsync(Component([]), Context(), CancellationToken.None));
        foreach (var part in (string[])["component 'orders'", "pubsub.yaml:3", "apt-get install librdkafka1", "brew install librdkafka", "on Windows", "-p:KafkaNative=redist"])
        {
            Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
        }
    }

    [ConformanceFact]
    public async Task A_broker_that_is_not_there_is_told_within_the_initTimeout()
    {
        var start = Stopwatch.GetTimestamp();
        var address = DeadAddress();
        var refusal = await Assert.ThrowsAsync<ComponentException>(() => CreateAsync(new() { ["brokers"] = address }));
        Assert.Contains($"no broker answers at {address}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("component 'orders'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("refused", refusal.Message, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(20));
    }

    [ConformanceFact]
    public async Task A_publish_to_brokers_that_went_away_fails_in_bounded_time_and_says_where()
    {
        var settings = new KafkaSettings { Brokers = DeadAddress(), Security = new KafkaSecurity(), BackOff = new RetryBackOff(), PublishTimeout = TimeSpan.FromSeconds(1) };
        await using var producer = KafkaProducer.Create(settings, TimeProvider.System, NullLogger.Instance);
        var failure = await Assert.ThrowsAsync<IOException>(() => producer.PublishAsync(new PubSubMessage("orders", "1"u8.ToArray(), new Dictionary<string, string>()), CancellationToken.None));
        Assert.Contains($"no broker at {settings.Brokers} took a message to topic 'orders' within 1 s", failure.Message, StringComparison.Ordinal);
    }

    [ConformanceFact]
    public async Task Settings_that_librdkafka_refuses_are_told_as_the_components_error()
    {
        var refusal = await Assert.ThrowsAsync<ComponentException>(() => CreateAsync(new()
        {
            ["authType"] = "certificate",
            ["caCert"] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        }));
        Assert.Contains("component 'orders'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Waits_between_tries_are_Daprs()
    {
        Assert.Equal(TimeSpan.FromSeconds(5), new RetryBackOff().Before(1000, TimeSpan.FromDays(1), 0.5));
        Assert.Null(new RetryBackOff { MaxRetries = 3 }.Before(4, TimeSpan.Zero, 0.5));
        var exponential = new RetryBackOff { Exponential = true };
        Assert.Equal(TimeSpan.FromMilliseconds(500), exponential.Before(1, TimeSpan.Zero, 0.5));
        Assert.Equal(TimeSpan.FromMilliseconds(1125), exponential.Before(3, TimeSpan.Zero, 0.5));
        Assert.Equal(TimeSpan.FromSeconds(30), exponential.Before(100, TimeSpan.Zero, 0));
        Assert.Null(exponential.Before(2, TimeSpan.FromMinutes(15), 0.5));
    }

    private static string DeadAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
    }

    private static Component Component(Dictionary<string, string> metadata) => new()
    {
        Name = "orders",
        Type = "pubsub.kafka",
        Metadata = new Dictionary<string, string>(
            new Dictionary<string, string> { ["brokers"] = "127.0.0.1:1", ["authType"] = "none" }.Where(pair => !metadata.ContainsKey(pair.Key)).Concat(metadata), StringComparer.OrdinalIgnoreCase),
        Location = new SourceLocation("pubsub.yaml", 3),
        InitTimeout = TimeSpan.FromSeconds(1),
    };

    private Task<IAsyncDisposable> CreateAsync(Dictionary<string, string> metadata) => new KafkaPubSubFactory().CreateAsync(Component(metadata), Context(), CancellationToken.None);

    private ComponentContext Context() => new()
    {
        AppId = "app",
        AppDirectory = ".",
        HostDirectory = ".",
        Loggers = NullLoggerFactory.Instance,
        Shared = _shared,
    };
}
