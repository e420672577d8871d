using System.Text;
using Conformance;
using RabbitMQ.Client;
using Sidecar.Runtime.PubSub;
using Sidecar.Servers;

namespace Components.Tests.RabbitMq;

[NeedsServer("rabbitmq")]
[Collection(SharedRabbitMq.Name)]
public sealed class RabbitMqDeliveryTests(SharedServer<RabbitMqServer> shared) : IAsyncLifetime
{
    private readonly RabbitMqBench _bench = new(shared.Server);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [ConformanceFact]
    public async Task Publish_metadata_becomes_properties_and_nothing_is_added()
    {
        var component = await _bench.ComponentAsync(("ttlInSeconds", "600"));
        await KeepAsync(component, "app", ("maxPriority", "9"));
        await _bench.PublishAsync(component, "plain");
        await _bench.PublishAsync(
            component, "dressed", ("priority", "7"), ("ttlInSeconds", "20"), ("messageID", "m1"), ("correlationID", "c1"), ("type", "t1"), ("contentType", "text/html"));
        await _bench.PublishAsync(component, "careless", ("priority", "urgent"), ("ttlInSeconds", "soon"));

        var channel = await _bench.ChannelAsync();
        var got = new Dictionary<string, BasicGetResult>();
        for (var i = 0; i < 3; i++)
        {
            var result = (await channel.BasicGetAsync($"app-{_bench.Topic}", autoAck: true))!;
            got[Encoding.UTF8.GetString(result.Body.Span)] = result;
        }

        var plain = got["plain"].BasicProperties;
        Assert.Equal(("text/plain", DeliveryModes.Persistent, "600000"), (plain.ContentType, plain.DeliveryMode, plain.Expiration));
        Assert.False(plain.IsHeadersPresent() || plain.IsPriorityPresent() || plain.IsMessageIdPresent());
        var dressed = got["dressed"].BasicProperties;
        Assert.Equal(("text/html", 7, "20000", "m1", "c1", "t1"), (dressed.ContentType, dressed.Priority, dressed.Expiration, dressed.MessageId, dressed.CorrelationId, dressed.Type));
        Assert.Equal("600000", got["careless"].BasicProperties.Expiration);
    }

    [ConformanceFact]
    public async Task Properties_and_headers_are_told_only_when_asked_for()
    {
        var (told, untold) = (new Inbox(), new Inbox());
        await _bench.SubscribeAsync(await _bench.ComponentAsync(("publishMessagePropertiesToMetadata", "true")), "told", told.HandleAsync);
        await _bench.SubscribeAsync(await _bench.ComponentAsync(), "untold", untold.HandleAsync);
        var channel = await _bench.ChannelAsync();
        await channel.BasicPublishAsync(_bench.Topic, "", mandatory: false, new BasicProperties
        {
            MessageId = "m1",
            CorrelationId = "c1",
            Type = "t1",
            ContentType = "text/html",
            Headers = new Dictionary<string, object?> { ["tenant"] = "north", ["tries"] = 3 },
        }, "x"u8.ToArray());

        await told.WaitForAsync(1);
        await untold.WaitForAsync(1);
        Assert.Empty(untold.Messages[0].Metadata);
        Assert.Equal(
            ["metadata.contenttype=text/html", "metadata.correlationid=c1", "metadata.messageid=m1", "metadata.tenant=north", "metadata.tries=3", "metadata.type=t1"],
            told.Messages[0].Metadata.Select(pair => $"{pair.Key}={pair.Value}").Order());
    }

    [ConformanceFact]
    public async Task A_failed_message_goes_to_the_dead_letter_queue_when_it_is_not_requeued()
    {
        var component = await _bench.ComponentAsync(("requeueInFailure", "false"), ("enableDeadLetter", "true"));
        await _bench.SubscribeAsync(component, "app", (_, _) => throw new InvalidOperationException("never"));
        await _bench.PublishAsync(component, "poison");

        var channel = await _bench.ChannelAsync();
        BasicGetResult? dead = null;
        await RabbitMqBench.UntilAsync(async () => (dead = await channel.BasicGetAsync($"dlq-app-{_bench.Topic}", autoAck: true)) is not null);
        Assert.Equal("poison", Encoding.UTF8.GetString(dead!.Body.Span));
    }

    [ConformanceFact]
    public async Task A_higher_priority_overtakes()
    {
        var component = await _bench.ComponentAsync(("concurrencyMode", "single"));
        await KeepAsync(component, "app", ("maxPriority", "9"));
        await _bench.PublishAsync(component, "low", ("priority", "1"));
        await _bench.PublishAsync(component, "high", ("priority", "9"));
        await _bench.PublishAsync(component, "none");

        var inbox = new Inbox();
        await _bench.SubscribeAsync(component, "app", inbox.HandleAsync, ("maxPriority", "9"));
        await inbox.WaitForAsync(3);
        Assert.Equal(["high", "low", "none"], inbox.Texts);
    }

    [ConformanceFact]
    public async Task A_single_active_consumer_is_followed_by_the_next_when_it_goes()
    {
        var (first, second) = (new Inbox(), new Inbox());
        var publisher = await _bench.ComponentAsync();
        var active = await _bench.SubscribeAsync(await _bench.ComponentAsync(), "app", first.HandleAsync, ("singleActiveConsumer", "true"));
        await _bench.SubscribeAsync(await _bench.ComponentAsync(), "app", second.HandleAsync, ("singleActiveConsumer", "true"));
        for (var i = 0; i < 20; i++)
        {
            await _bench.PublishAsync(publisher, $"{i}");
        }

        await first.WaitForAsync(20);
        Assert.Empty(second.Texts);
        await active.DisposeAsync();
        await _bench.PublishAsync(publisher, "after");
        await second.WaitForAsync(1);
        Assert.Equal(["after"], second.Texts);
    }

    [ConformanceFact]
    public async Task A_quorum_queue_delivers_a_failed_message_again()
    {
        var failures = 0;
        var inbox = new Inbox { Handle = _ => Interlocked.Increment(ref failures) <= 2 ? throw new InvalidOperationException("not yet") : Task.CompletedTask };
        var component = await _bench.ComponentAsync();
        await _bench.SubscribeAsync(component, "app", inbox.HandleAsync, ("queueType", "quorum"));
        await _bench.PublishAsync(component, "x");
        await inbox.WaitForAsync(1);
        Assert.Equal(3, failures);
    }

    [ConformanceFact]
    public async Task No_more_than_the_prefetch_count_is_under_delivery_at_once()
    {
        using var leave = new SemaphoreSlim(0);
        var (inside, most) = (0, 0);
        var inbox = new Inbox();
        var component = await _bench.ComponentAsync(("prefetchCount", "3"));
        await _bench.SubscribeAsync(component, "app", async (message, token) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await leave.WaitAsync(token);
            Interlocked.Decrement(ref inside);
            await inbox.HandleAsync(message, token);
        });
        for (var i = 0; i < 10; i++)
        {
            await _bench.PublishAsync(component, $"{i}");
        }

        await RabbitMqBench.UntilAsync(() => Task.FromResult(Volatile.Read(ref inside) == 3));
        leave.Release(10);
        await inbox.WaitForAsync(10);
        Assert.Equal(3, most);
    }

    [ConformanceFact]
    public async Task What_is_settled_out_of_order_is_acknowledged_exactly()
    {
        var inbox = new Inbox
        {
            Handle = async _ =>
            {
                for (var turns = Random.Shared.Next(20); turns > 0; turns--)
                {
                    await Task.Yield();
                }
            },
        };
        var failed = new HashSet<string>();
        var component = await _bench.ComponentAsync();
        var subscription = await _bench.SubscribeAsync(component, "app", async (message, token) =>
        {
            var text = Encoding.UTF8.GetString(message.Data.Span);
            lock (failed)
            {
                if (text.EndsWith('3') && failed.Add(text))
                    throw new InvalidOperationException("once");
            }

            await inbox.HandleAsync(message, token);
        });
        await ((IBulkPubSub)component).PublishBulkAsync(
            [.. Enumerable.Range(0, 1000).Select(i => new PubSubMessage(_bench.Topic, Encoding.UTF8.GetBytes($"{i}"), new Dictionary<string, string>()))], CancellationToken.None);
        await inbox.WaitForAsync(1000);
        await subscription.DisposeAsync();

        Assert.Equal(1000, inbox.Texts.Distinct().Count());
        Assert.Equal(1000, inbox.Texts.Count);
        Assert.Equal(0U, await (await _bench.ChannelAsync()).MessageCountAsync($"app-{_bench.Topic}"));
    }

    /// <summary>Makes a queue that keeps what comes.</summary>
    private async Task KeepAsync(IPubSub component, string group, params (string Name, string Value)[] metadata) =>
        await (await _bench.SubscribeAsync(component, group, (_, _) => Task.CompletedTask, metadata)).DisposeAsync();
}
