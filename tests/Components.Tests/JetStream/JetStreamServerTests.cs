using System.Text;
using Conformance;
using Sidecar.Components.JetStreamPubSub;
using Sidecar.Components.Nats;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.PubSub;
using Sidecar.Servers;

namespace Components.Tests.JetStream;

/// <summary>Servers that want credentials, are small, are away, or go away: each test has its own.</summary>
[NeedsServer("nats")]
public sealed class JetStreamServerTests : IAsyncLifetime
{
    private readonly ComponentPlace _place = new();
    private NatsServer? _server;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _place.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [ConformanceFact]
    public async Task The_right_password_is_let_in_and_a_wrong_one_refused_at_once()
    {
        var server = await StartAsync("authorization { user: orders, password: \"p@ss:word\" }");
        await RoundTripAsync($"nats://orders:p%40ss%3Aword@{server.Address}");

        var refusal = await Assert.ThrowsAsync<ComponentException>(() => MakeAsync(("natsURL", $"nats://orders:wrong@{server.Address}")));
        Assert.Contains("refuses the credentials", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", refusal.Message, StringComparison.Ordinal);
    }

    [ConformanceFact]
    public async Task The_right_token_is_let_in_and_a_wrong_one_refused_at_once()
    {
        var server = await StartAsync("authorization { token: \"s3cret\" }");
        await RoundTripAsync("nats://" + server.Address, "s3cret");

        var refusal = await Assert.ThrowsAsync<ComponentException>(() => MakeAsync(("natsURL", "nats://" + server.Address), ("token", "other")));
        Assert.Contains("Authorization Violation", refusal.Message, StringComparison.Ordinal);
    }

    [ConformanceFact]
    public async Task A_topic_that_may_not_be_published_fails_at_once_with_the_servers_words()
    {
        var server = await StartAsync("authorization { users: [ { user: a, password: a, permissions: { publish: { deny: \"secret\" } } } ] }");
        var component = await MakeAsync(("natsURL", $"nats://a:a@{server.Address}"));
        var refusal = await Assert.ThrowsAsync<NatsException>(() => component.PublishAsync(Message("secret", "m"), CancellationToken.None).AsTask());
        Assert.Contains("Permissions Violation", refusal.Message, StringComparison.Ordinal);
    }

    [ConformanceFact]
    public async Task A_message_over_the_servers_limit_is_refused_and_the_next_one_taken()
    {
        var server = await StartAsync("max_payload: 2048");
        await StreamBootstrap.EnsureAsync(server.Address, ["orders"]);
        var component = await MakeAsync(("natsURL", "nats://" + server.Address));
        var outcomes = await component.PublishBulkAsync([Message("orders", "small"), Message("orders", new string('x', 3000)), Message("orders", "small")], CancellationToken.None);

        Assert.Equal([null, null], [outcomes[0], outcomes[2]]);
        Assert.Contains("max_payload", outcomes[1]!.Message, StringComparison.Ordinal);
    }

    [ConformanceFact]
    public async Task A_server_that_is_down_is_waited_for_within_the_init_timeout_and_then_named()
    {
        var server = await StartAsync("");
        await server.StopAsync();
        var making = MakeAsync(("natsURL", "nats://" + server.Address));
        await server.StartAsync();
        await making;
        await server.StopAsync();

        var refusal = await Assert.ThrowsAsync<ComponentException>(() => _place.MakeAsync<IBulkPubSub>(
            "pubsub.jetstream", new() { ["natsURL"] = $"nats://127.0.0.1:{server.Port}", ["name"] = "another connection" }, initTimeout: TimeSpan.FromSeconds(1)));
        Assert.Contains($"127.0.0.1:{server.Port}, which cannot be reached", refusal.Message, StringComparison.Ordinal);
    }

    [ConformanceFact]
    public async Task A_publish_while_the_server_is_away_waits_for_it_and_an_ephemeral_subscriber_goes_on_where_it_stood()
    {
        var server = await StartAsync("");
        await StreamBootstrap.EnsureAsync(server.Address, ["orders"]);
        var component = await MakeAsync(("natsURL", "nats://" + server.Address), ("memoryStorage", "true"));
        var inbox = new Inbox();
        await using var subscription = await component.SubscribeAsync(new TopicSubscription("orders", "app", new Dictionary<string, string>()), inbox.HandleAsync, CancellationToken.None);
        await component.PublishAsync(Message("orders", """{"id":"1"}"""), CancellationToken.None);
        await inbox.WaitForAsync(1);

        await server.KillAsync();
        var publishing = component.PublishAsync(Message("orders", """{"id":"2"}"""), CancellationToken.None);
        await server.StartAsync();
        await publishing;

        await inbox.WaitForAsync(2);
        Assert.Equal(["""{"id":"1"}""", """{"id":"2"}"""], inbox.Texts.Distinct());
    }

    [ConformanceFact]
    public async Task Streams_are_made_once_and_a_shared_one_is_refused()
    {
        var server = await StartAsync("");
        Assert.All(await StreamBootstrap.EnsureAsync(server.Address, ["orders", "a.b"]), stream => Assert.True(stream.Made));
        Assert.Equal(
            [new EnsuredStream("orders", "orders", false), new EnsuredStream("a.b", "a-b", false), new EnsuredStream("c", "c", true)],
            await StreamBootstrap.EnsureAsync(server.Address, ["orders", "a.b", "c"]));

        await using var connection = NatsConnection.Start(
            new NatsOptions { Servers = NatsAddress.ParseList(server.Address) }, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        await new JetStreamApi(connection).CreateStreamAsync(new StreamConfig { Name = "both", Subjects = ["x", "y"] }, CancellationToken.None);
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => StreamBootstrap.EnsureAsync(server.Address, ["x"]));
        Assert.Contains("'both' together with others (x, y)", refusal.Message, StringComparison.Ordinal);
    }

    [ConformanceFact]
    public async Task TLS_is_used_when_the_server_wants_it_with_a_certificate_of_ours_when_it_asks()
    {
        using var certificates = new TestCertificates();
        var server = await StartAsync(
            $"tls {{ cert_file: \"{certificates.ServerCertificate}\", key_file: \"{certificates.ServerKey}\", ca_file: \"{certificates.Authority}\", verify: true }}");
        var untrusted = await Assert.ThrowsAsync<ComponentException>(() => MakeAsync(
            ("natsURL", "nats://" + server.Address), ("tls_client_cert", certificates.ClientCertificate), ("tls_client_key", certificates.ClientKey)));
        Assert.Contains("TLS with", untrusted.Message, StringComparison.Ordinal);

        var options = new NatsOptions
        {
            Servers = NatsAddress.ParseList($"tls://{server.Address}"),
            TrustedRoots = certificates.Roots,
            ClientCertificate = certificates.LoadClient(),
        };
        await using var connection = NatsConnection.Start(options, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await connection.WaitUntilOpenAsync(limit.Token);
        await new JetStreamApi(connection).CreateStreamAsync(new StreamConfig { Name = "orders", Subjects = ["orders"] }, CancellationToken.None);
    }

    private async Task<NatsServer> StartAsync(string configuration)
    {
        _server = new NatsServer(configuration: configuration);
        await _server.StartAsync();
        return _server;
    }

    private async Task RoundTripAsync(string url, string? token = null)
    {
        await StreamBootstrap.EnsureAsync(url, ["orders"], token: token);
        var component = await (token is null ? MakeAsync(("natsURL", url)) : MakeAsync(("natsURL", url), ("token", token)));
        var inbox = new Inbox();
        await using var subscription = await component.SubscribeAsync(new TopicSubscription("orders", "app", new Dictionary<string, string>()), inbox.HandleAsync, CancellationToken.None);
        await component.PublishAsync(Message("orders", "m"), CancellationToken.None);
        await inbox.WaitForAsync(1);
    }

    private Task<IBulkPubSub> MakeAsync(params (string Key, string Value)[] metadata) =>
        _place.MakeAsync<IBulkPubSub>("pubsub.jetstream", metadata.ToDictionary(entry => entry.Key, entry => entry.Value));

    private static PubSubMessage Message(string topic, string text) => new(topic, Encoding.UTF8.GetBytes(text), new Dictionary<string, string>());
}
