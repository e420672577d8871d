using Conformance;
using RabbitMQ.Client;
using Sidecar.Servers;

namespace Components.Tests.RabbitMq;

/// <summary>
/// What is declared is what Dapr declares: declaring it once more with the same facts is accepted by the broker, with any other it is refused.
/// </summary>
[NeedsServer("rabbitmq")]
[Collection(SharedRabbitMq.Name)]
public sealed class RabbitMqTopologyTests(SharedServer<RabbitMqServer> shared) : IAsyncLifetime
{
    private readonly RabbitMqBench _bench = new(shared.Server);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [ConformanceFact]
    public async Task The_exchange_is_the_topic_and_the_queue_the_group_and_the_topic()
    {
        await _bench.SubscribeAsync(await _bench.ComponentAsync(), "app", Nothing);

        var channel = await _bench.ChannelAsync();
        await channel.ExchangeDeclareAsync(_bench.Topic, "fanout", durable: true, autoDelete: false);
        await channel.QueueDeclareAsync($"app-{_bench.Topic}", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "classic" });
    }

    [ConformanceFact]
    public async Task Without_settings_everything_is_durable_and_deleted_when_unused()
    {
        var subscription = await _bench.SubscribeAsync(await _bench.OpenBareAsync(), "app", Nothing);
        var channel = await _bench.ChannelAsync();
        await channel.ExchangeDeclareAsync(_bench.Topic, "fanout", durable: true, autoDelete: true);
        await channel.QueueDeclareAsync($"app-{_bench.Topic}", durable: true, exclusive: false, autoDelete: true, new Dictionary<string, object?> { ["x-queue-type"] = "classic" });

        await subscription.DisposeAsync();
        var gone = await Assert.ThrowsAsync<RabbitMQ.Client.Exceptions.OperationInterruptedException>(() => channel.QueueDeclarePassiveAsync($"app-{_bench.Topic}"));
        Assert.Contains("NOT_FOUND", gone.Message, StringComparison.Ordinal);
    }

    [ConformanceFact]
    public async Task Subscription_metadata_shapes_the_queue()
    {
        await _bench.SubscribeAsync(
            await _bench.ComponentAsync(("maxLen", "500"), ("maxLenBytes", "100000"), ("exchangeKind", "topic")), "app", Nothing,
            ("queueName", _bench.Topic + "-own"), ("maxPriority", "300"), ("singleActiveConsumer", "true"), ("maxLen", "700"), ("routingKey", "a.*,b.#"));

        var channel = await _bench.ChannelAsync();
        await channel.ExchangeDeclareAsync(_bench.Topic, "topic", durable: true, autoDelete: false);
        await channel.QueueDeclareAsync(_bench.Topic + "-own", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>
        {
            ["x-queue-type"] = "classic",
            ["x-max-priority"] = 255,
            ["x-single-active-consumer"] = true,
            ["x-max-length"] = 700,
            ["x-max-length-bytes"] = 100000,
        });
    }

    [ConformanceFact]
    public async Task Dead_letters_get_an_exchange_and_a_lazy_queue_of_the_queue_s_name()
    {
        await _bench.SubscribeAsync(await _bench.ComponentAsync(("enableDeadLetter", "true"), ("maxLen", "500")), "app", Nothing, ("queueType", "quorum"));

        var queue = $"app-{_bench.Topic}";
        var channel = await _bench.ChannelAsync();
        await channel.ExchangeDeclareAsync("dlx-" + queue, "fanout", durable: true, autoDelete: false);
        await channel.QueueDeclareAsync("dlq-" + queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-mode"] = "lazy", ["x-max-length"] = 500 });
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>
        {
            ["x-queue-type"] = "quorum",
            ["x-max-length"] = 500,
            ["x-dead-letter-exchange"] = "dlx-" + queue,
        });
    }

    [ConformanceFact]
    public async Task A_routing_key_selects_what_a_topic_exchange_delivers()
    {
        var component = await _bench.ComponentAsync(("exchangeKind", "topic"));
        var inbox = new Inbox();
        await _bench.SubscribeAsync(component, "app", inbox.HandleAsync, ("routingKey", "eu.*,us.new"));
        foreach (var key in (string[])["eu.old", "us.old", "us.new"])
        {
            await _bench.PublishAsync(component, key, ("routingKey", key));
        }

        await inbox.WaitForAsync(2);
        Assert.Equal(["eu.old", "us.new"], inbox.Texts.Order());
    }

    [ConformanceFact]
    public async Task A_queue_that_was_declared_otherwise_is_an_error_that_says_what_to_do()
    {
        await _bench.SubscribeAsync(await _bench.ComponentAsync(), "app", Nothing);

        var component = await _bench.ComponentAsync();
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => _bench.SubscribeAsync(component, "app", Nothing, ("maxPriority", "5")));
        Assert.Contains($"queue 'app-{_bench.Topic}'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("x-max-priority", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("declared otherwise", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("delete it", refusal.Message, StringComparison.Ordinal);
    }

    [ConformanceFact]
    public async Task An_exchange_that_was_declared_otherwise_refuses_publishes_and_leaves_other_topics_alone()
    {
        var channel = await _bench.ChannelAsync();
        await channel.ExchangeDeclareAsync(_bench.Topic, "direct", durable: true);
        var component = await _bench.ComponentAsync();

        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => _bench.PublishAsync(component, "x"));
        Assert.Contains($"exchange '{_bench.Topic}'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("declared otherwise", refusal.Message, StringComparison.Ordinal);
        await component.PublishAsync(new(_bench.Topic + "-2", "x"u8.ToArray(), new Dictionary<string, string>()), CancellationToken.None);
    }

    [ConformanceFact]
    public async Task Wrong_subscription_metadata_is_refused_by_name()
    {
        var component = await _bench.ComponentAsync();
        foreach (var (name, value) in ((string, string)[])[("queueType", "stream"), ("maxPriority", "high"), ("maxLen", "-1"), ("maxLenBytes", "1 MB")])
        {
            var refusal = await Assert.ThrowsAnyAsync<Exception>(() => _bench.SubscribeAsync(component, "app", Nothing, (name, value)));
            Assert.Contains($"'{name}' with '{value}'", refusal.Message, StringComparison.Ordinal);
        }
    }

    [ConformanceFact]
    public async Task A_deleted_queue_and_a_deleted_exchange_are_declared_again()
    {
        var inbox = new Inbox();
        var component = await _bench.ComponentAsync();
        await _bench.SubscribeAsync(component, "app", inbox.HandleAsync);
        await _bench.PublishAsync(component, "one");
        await inbox.WaitForAsync(1);

        var channel = await _bench.ChannelAsync();
        await channel.ExchangeDeleteAsync(_bench.Topic);
        await channel.QueueDeleteAsync($"app-{_bench.Topic}");
        await RabbitMqBench.UntilAsync(async () => await _bench.ConsumersAsync($"app-{_bench.Topic}") == 1);
        await _bench.PublishAsync(component, "two");
        await inbox.WaitForAsync(2);
        Assert.Equal(["one", "two"], inbox.Texts);
    }

    private static Task Nothing(Sidecar.Runtime.PubSub.PubSubMessage message, CancellationToken cancellationToken) => Task.CompletedTask;
}
