using System.Diagnostics;
using Conformance;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components.RabbitMqPubSub;
using Sidecar.Processes;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;
using Sidecar.Servers;

namespace Components.Tests.RabbitMq;

[NeedsServer("rabbitmq")]
[Collection(SharedRabbitMq.Name)]
public sealed class RabbitMqBadInputTests(SharedServer<RabbitMqServer> shared)
{
    [ConformanceFact]
    public async Task Wrong_credentials_are_an_error_at_once_that_names_user_and_address_but_not_the_password()
    {
        var watch = Stopwatch.StartNew();
        var refusal = await RefusalAsync(TimeSpan.FromMinutes(10), ("connectionString", $"amqp://mallory:s3cret@{shared.Server.Address}"));
        Assert.Contains("user 'mallory'", refusal, StringComparison.Ordinal);
        Assert.Contains(shared.Server.Address, refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", refusal, StringComparison.Ordinal);
        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(5), "a refusal is final: nothing is tried until the timeout");
    }

    [ConformanceFact]
    public async Task An_unknown_virtual_host_is_an_error_that_says_so() =>
        Assert.Contains("virtual host", await RefusalAsync(("connectionString", $"amqp://guest:guest@{shared.Server.Address}/nowhere")), StringComparison.Ordinal);

    [Fact]
    public async Task A_broker_that_is_down_is_tried_for_the_init_timeout_and_then_named()
    {
        var port = new FreePorts().Next();
        var refusal = await RefusalAsync(TimeSpan.FromMilliseconds(600), ("connectionString", $"amqp://guest:guest@127.0.0.1:{port}"));
        Assert.Contains($"does not answer at 127.0.0.1:{port}", refusal, StringComparison.Ordinal);
        Assert.Contains("component 'orders' (pubsub.rabbitmq/v1) at pubsub.yaml:3", refusal, StringComparison.Ordinal);
        Assert.Contains("spec.initTimeout", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("connectionString", "localhost:5672")]
    [InlineData("connectionString", "http://localhost")]
    [InlineData("protocol", "mqtt")]
    [InlineData("deliveryMode", "3")]
    [InlineData("deliveryMode", "persistent")]
    [InlineData("prefetchCount", "256")]
    [InlineData("prefetchCount", "-1")]
    [InlineData("maxLen", "many")]
    [InlineData("exchangeKind", "x-random")]
    [InlineData("concurrencyMode", "double")]
    [InlineData("ttlInSeconds", "0")]
    [InlineData("heartBeat", "often")]
    [InlineData("caCert", "no certificate")]
    [InlineData("clientCert", "alone")]
    [InlineData("clientKey", "alone")]
    [InlineData("saslExternal", "true")]
    public async Task Wrong_metadata_is_refused_with_file_line_and_key(string name, string value)
    {
        var refusal = await RefusalAsync((name, value));
        Assert.Contains("pubsub.yaml:9", refusal, StringComparison.Ordinal);
        Assert.Contains($"metadata '{name}'", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_protocol_that_contradicts_the_connection_string_is_refused() =>
        Assert.Contains("metadata 'protocol' is 'amqps'", await RefusalAsync(("connectionString", "amqp://localhost"), ("protocol", "amqps")), StringComparison.Ordinal);

    private static Task<string> RefusalAsync(params (string Name, string Value)[] metadata) => RefusalAsync(TimeSpan.FromSeconds(30), metadata);

    private static async Task<string> RefusalAsync(TimeSpan initTimeout, params (string Name, string Value)[] metadata)
    {
        await using var place = new ComponentPlace();
        var component = new Component
        {
            Name = "orders",
            Type = "pubsub.rabbitmq",
            InitTimeout = initTimeout,
            Metadata = metadata.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.OrdinalIgnoreCase),
            Location = new SourceLocation("pubsub.yaml", 3),
            MetadataLocations = metadata.ToDictionary(pair => pair.Name, _ => new SourceLocation("pubsub.yaml", 9)),
        };
        var context = new ComponentContext
        {
            AppId = "app",
            AppDirectory = place.Folder,
            HostDirectory = place.Folder,
            Loggers = NullLoggerFactory.Instance,
            Shared = place.Shared,
        };
        var refusal = await Assert.ThrowsAsync<ComponentException>(() => new RabbitMqPubSubFactory().CreateAsync(component, context, CancellationToken.None));
        return refusal.Message;
    }
}
