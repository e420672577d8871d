using System.Diagnostics;
using System.Text;
using Conformance;
using Sidecar.Components.JetStreamPubSub;
using Sidecar.Components.Nats;
using Sidecar.Runtime.PubSub;
using Sidecar.Servers;

namespace Components.Tests.JetStream;

/// <summary>What JetStream adds to pub/sub: message ids, acknowledgement settings, consumers that last.</summary>
[NeedsServer("nats")]
public sealed class JetStreamDeliveryTests(SharedServer<NatsServer> nats) : IClassFixture<SharedServer<NatsServer>>, IAsyncLifetime
{
    private static readonly Dictionary<string, string> s_nothing = [];
    private readonly ComponentPlace _place = new();
    private readonly List<IAsyncDisposable> _open = [];
    private readonly string _topic = $"topic-{Guid.NewGuid():N}"[..14];

    public async Task InitializeAsync()
    {
        if (NatsServer.Missing is null)
            await StreamBootstrap.EnsureAsync(nats.Server.Address, [_topic]);
    }

    public async Task DisposeAsync()
    {
        foreach (var open in _open.AsEnumerable().Reverse())
        {
            await open.DisposeAsync();
        }

        await _place.DisposeAsync();
    }

    [ConformanceFact]
    public async Task A_cloud_event_that_is_published_twice_is_delivered_once_and_bytes_without_an_id_twice()
    {
        var (component, inbox) = (await OpenAsync(), new Inbox());
        await SubscribeAsync(component, inbox);
        await PublishAsync(component, """{"specversion":"1.0","id":"e1","data":{"id":"x"}}""");
        await PublishAsync(component, """{"id":"e1","again":true}""");
        await component.PublishBulkAsync([Message("""{"id":"e1"}"""), Message("""{"id":"e2"}"""), Message("raw"), Message("raw")], CancellationToken.None);

        await inbox.WaitForAsync(4);
        Assert.Equal(["""{"specversion":"1.0","id":"e1","data":{"id":"x"}}""", """{"id":"e2"}""", "raw", "raw"], inbox.Texts);
    }

    [ConformanceFact]
    public async Task A_refused_message_rests_for_ackWait()
    {
        var component = await OpenAsync(("ackWait", "700ms"));
        var times = new List<long>();
        var inbox = new Inbox
        {
            Handle = _ =>
            {
                times.Add(Stopwatch.GetTimestamp());
                return times.Count == 1 ? throw new InvalidOperationException("not now") : Task.CompletedTask;
            },
        };
        await SubscribeAsync(component, inbox);
        await PublishAsync(component, "m");

        await inbox.WaitForAsync(1);
        Assert.InRange(Stopwatch.GetElapsedTime(times[0], times[1]).TotalSeconds, 0.65, 30);
    }

    [ConformanceFact]
    public async Task A_message_that_is_not_acknowledged_within_ackWait_comes_again()
    {
        var component = await OpenAsync(("ackWait", "300ms"), ("concurrency", "parallel"));
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var deliveries = 0;
        var inbox = new Inbox
        {
            Handle = _ =>
            {
                if (Interlocked.Increment(ref deliveries) == 1)
                    return second.Task;
                second.TrySetResult();
                return Task.CompletedTask;
            },
        };
        await SubscribeAsync(component, inbox);
        await PublishAsync(component, "slow");

        await inbox.WaitForAsync(2);
        Assert.Equal(["slow", "slow"], inbox.Texts);
    }

    [ConformanceFact]
    public async Task A_message_is_delivered_at_most_maxDeliver_times()
    {
        var component = await OpenAsync(("maxDeliver", "2"));
        var seen = new List<string>();
        var inbox = new Inbox
        {
            Handle = message =>
            {
                seen.Add(Encoding.UTF8.GetString(message.Data.Span));
                return seen[^1] == "poison" ? throw new InvalidOperationException("never") : Task.CompletedTask;
            },
        };
        await SubscribeAsync(component, inbox);
        await PublishAsync(component, "poison");
        while (seen.Count(text => text == "poison") < 2)
        {
            await Task.Delay(1);
        }

        await PublishAsync(component, "last");
        await inbox.WaitForAsync(1);
        Assert.Equal(["poison", "poison", "last"], seen);
    }

    [ConformanceFact]
    public async Task With_the_settings_of_the_platform_a_refused_message_comes_again_at_once()
    {
        var component = await OpenAsync(("backOff", "30s,2m,10m"), ("maxDeliver", "1000000"), ("concurrency", "parallel"), ("maxAckPending", "64"));
        var deliveries = 0;
        var inbox = new Inbox { Handle = _ => ++deliveries < 3 ? throw new InvalidOperationException("not now") : Task.CompletedTask };
        await SubscribeAsync(component, inbox);
        var watch = Stopwatch.StartNew();
        await PublishAsync(component, "m");

        await inbox.WaitForAsync(1);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(25));
    }

    [ConformanceFact]
    public async Task A_subscriber_with_new_gets_only_what_comes_later_and_one_with_a_sequence_starts_there()
    {
        var publisher = await OpenAsync();
        foreach (var text in (string[])["1", "2", "3"])
        {
            await PublishAsync(publisher, text);
        }

        var (late, from) = (new Inbox(), new Inbox());
        await SubscribeAsync(await OpenAsync(("durableName", "late"), ("deliverPolicy", "new")), late);
        await SubscribeAsync(await OpenAsync(("durableName", "from"), ("deliverPolicy", "sequence"), ("startSequence", "2")), from);
        await PublishAsync(publisher, "4");

        await late.WaitForAsync(1);
        await from.WaitForAsync(3);
        Assert.Equal(["4"], late.Texts);
        Assert.Equal(["2", "3", "4"], from.Texts);
    }

    [ConformanceFact]
    public async Task Without_acknowledgements_a_failed_message_is_gone()
    {
        var component = await OpenAsync(("ackPolicy", "none"));
        var inbox = new Inbox { Handle = message => message.Data.Length == 3 ? throw new InvalidOperationException("no") : Task.CompletedTask };
        await SubscribeAsync(component, inbox);
        await PublishAsync(component, "bad");
        await PublishAsync(component, "good");

        await inbox.WaitForAsync(1);
        Assert.Equal(["good"], inbox.Texts);
    }

    [ConformanceFact]
    public async Task Flow_control_and_heartbeats_are_answered()
    {
        var component = await OpenAsync(("durableName", ""), ("queueGroupName", ""), ("flowControl", "true"), ("heartbeat", "200ms"), ("ackPolicy", "none"));
        var inbox = new Inbox();
        await SubscribeAsync(component, inbox);
        var large = new string('x', 2000);
        for (var round = 0; round < 10; round++)
        {
            await component.PublishBulkAsync([.. Enumerable.Range(0, 200).Select(i => Message($"{round}-{i} {large}"))], CancellationToken.None);
        }

        await inbox.WaitForAsync(2000);
        Assert.Equal(2000, inbox.Texts.Distinct().Count());
    }

    [ConformanceFact]
    public async Task A_second_subscriber_of_a_durable_consumer_without_a_group_is_refused()
    {
        await SubscribeAsync(await OpenAsync(("queueGroupName", "")), new Inbox());
        var refusal = await Assert.ThrowsAsync<JetStreamException>(async () => await SubscribeAsync(await OpenAsync(("queueGroupName", "")), new Inbox()));
        Assert.Contains("queueGroupName", refusal.Message, StringComparison.Ordinal);
    }

    [ConformanceFact]
    public async Task A_consumer_with_other_settings_is_named_with_the_way_out()
    {
        await SubscribeAsync(await OpenAsync(("maxAckPending", "10")), new Inbox());
        var refusal = await Assert.ThrowsAsync<JetStreamException>(async () => await SubscribeAsync(await OpenAsync(("maxAckPending", "20")), new Inbox()));
        Assert.Contains($"nats consumer rm {_topic} app", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("maxAckPending is 10 there and 20 here", refusal.Message, StringComparison.Ordinal);
    }

    [ConformanceFact]
    public async Task A_topic_without_a_stream_is_refused_with_the_command_that_makes_one()
    {
        var component = await OpenAsync();
        var publish = await Assert.ThrowsAsync<JetStreamException>(() => component.PublishAsync(Message("m") with { Topic = "nowhere" }, CancellationToken.None).AsTask());
        var subscribe = await Assert.ThrowsAsync<JetStreamException>(
            () => component.SubscribeAsync(new TopicSubscription("nowhere", "app", s_nothing), new Inbox().HandleAsync, CancellationToken.None));
        foreach (var refusal in (string[])[publish.Message, subscribe.Message])
        {
            Assert.Contains("--topic nowhere", refusal, StringComparison.Ordinal);
        }
    }

    [ConformanceFact]
    public async Task A_topic_that_cannot_be_a_subject_is_refused()
    {
        var component = await OpenAsync();
        foreach (var topic in (string[])["a b", "a\r\nPING", ".a", ""])
        {
            await Assert.ThrowsAsync<NatsException>(() => component.PublishAsync(Message("m") with { Topic = topic }, CancellationToken.None).AsTask());
        }
    }

    private Task<IBulkPubSub> OpenAsync(params (string Key, string Value)[] more)
    {
        var metadata = JetStreamSettings.Of(nats.Server, "app");
        foreach (var (key, value) in more)
        {
            metadata[key] = value;
        }

        return KeepAsync(_place.MakeAsync<IBulkPubSub>("pubsub.jetstream", metadata));
    }

    private async Task<IBulkPubSub> KeepAsync(Task<IBulkPubSub> made)
    {
        _open.Add(await made);
        return await made;
    }

    private async Task SubscribeAsync(IPubSub component, Inbox inbox) =>
        _open.Add(await component.SubscribeAsync(new TopicSubscription(_topic, "app", s_nothing), inbox.HandleAsync, CancellationToken.None));

    private async Task PublishAsync(IPubSub component, string text) => await component.PublishAsync(Message(text), CancellationToken.None);

    private PubSubMessage Message(string text) => new(_topic, Encoding.UTF8.GetBytes(text), s_nothing);
}
