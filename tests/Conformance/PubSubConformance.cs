using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Sidecar.Runtime.PubSub;

namespace Conformance;

/// <summary>What every pub/sub component must do, whatever broker is behind it. A component's own test class derives from this.</summary>
public abstract class PubSubConformance : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly Dictionary<string, string> s_nothing = [];
    private readonly List<IAsyncDisposable> _open = [];

    /// <summary>A topic of this test's own.</summary>
    protected string Topic { get; } = $"topic-{Guid.NewGuid():N}"[..14];

    /// <summary>What the component is held to.</summary>
    protected abstract PubSubPromises Promises { get; }

    /// <summary>Makes the component as one instance of an app gets it. What it needs to be done with when the test ends is the test class's.</summary>
    protected abstract Task<IPubSub> OpenAsync(string appId);

    /// <summary>Makes what the topic needs before it is used, such as a stream.</summary>
    protected virtual Task PrepareAsync(string topic) => Task.CompletedTask;

    public virtual Task InitializeAsync() => PrepareAsync(Topic);

    public virtual async Task DisposeAsync()
    {
        foreach (var open in _open.AsEnumerable().Reverse())
        {
            await open.DisposeAsync();
        }
    }

    [ConformanceFact]
    public async Task What_is_published_arrives_byte_for_byte()
    {
        var (publisher, inbox) = (await ComponentAsync("publisher"), new Inbox());
        await SubscribeAsync(await ComponentAsync("reader"), "reader", inbox.HandleAsync);
        byte[][] payloads = [[.. Enumerable.Range(0, 256).Select(i => (byte)i)], "{\"a\":\"ö😀\"}"u8.ToArray(), [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 31))]];
        foreach (var payload in payloads)
        {
            await publisher.PublishAsync(new PubSubMessage(Topic, payload, s_nothing, "application/octet-stream"), None);
        }

        await inbox.WaitForAsync(payloads.Length);
        var arrived = inbox.Messages.Select(message => Convert.ToHexString(message.Data.Span)).Order();
        Assert.Equal(payloads.Select(Convert.ToHexString).Order(), arrived);
        Assert.All(inbox.Messages, message => Assert.Equal(Topic, message.Topic));
    }

    [ConformanceFact]
    public async Task Every_app_gets_every_message()
    {
        var (first, second) = (new Inbox(), new Inbox());
        await SubscribeAsync(await ComponentAsync("first"), "first", first.HandleAsync);
        await SubscribeAsync(await ComponentAsync("second"), "second", second.HandleAsync);
        await PublishAsync(await ComponentAsync("publisher"), 20);

        await first.WaitForAsync(20);
        await second.WaitForAsync(20);
        Assert.Equal(Numbers(20), first.Texts.Order());
        Assert.Equal(Numbers(20), second.Texts.Order());
    }

    [ConformanceFact]
    public async Task Instances_of_one_app_share_the_messages()
    {
        var all = new Inbox();
        var takenBy = new ConcurrentDictionary<int, int>();
        for (var instance = 0; instance < 2; instance++)
        {
            var me = instance;
            await SubscribeAsync(await ComponentAsync("shared"), "shared", async (message, cancellation) =>
            {
                takenBy.AddOrUpdate(me, 1, (_, count) => count + 1);
                await all.HandleAsync(message, cancellation);
            });
        }

        await SharingSettledAsync("shared");
        await PublishAsync(await ComponentAsync("publisher"), 200);
        await all.WaitForAsync(200);
        Assert.Equal(Numbers(200), all.Texts.Order());
        Assert.Equal(2, takenBy.Count);
    }

    [ConformanceFact]
    public async Task Messages_of_one_key_are_handled_in_order()
    {
        if (!Promises.OrderPerKey)
            return;
        var inbox = new Inbox { Handle = async _ => await Task.Yield() };
        await SubscribeAsync(await ComponentAsync("reader"), "reader", inbox.HandleAsync);
        var publisher = await ComponentAsync("publisher");
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async key =>
        {
            for (var i = 0; i < 25; i++)
            {
                await publisher.PublishAsync(Message($"{key} {i}", key: $"key-{key}"), None);
            }
        }));

        await inbox.WaitForAsync(500);
        foreach (var ofKey in inbox.Texts.Select(text => text.Split(' ')).GroupBy(parts => parts[0], parts => int.Parse(parts[1], CultureInfo.InvariantCulture)))
        {
            Assert.Equal(Enumerable.Range(0, 25), ofKey);
        }
    }

    [ConformanceFact]
    public async Task A_message_whose_handler_threw_comes_again_or_is_gone_as_the_broker_has_it()
    {
        var failures = 0;
        var inbox = new Inbox
        {
            Handle = message => Encoding.UTF8.GetString(message.Data.Span) == "bad" && Interlocked.Increment(ref failures) <= 2
                ? throw new InvalidOperationException("the handler refuses") : Task.CompletedTask,
        };
        await SubscribeAsync(await ComponentAsync("reader"), "reader", inbox.HandleAsync);
        var publisher = await ComponentAsync("publisher");
        await publisher.PublishAsync(Message("bad", key: "a"), None);
        await publisher.PublishAsync(Message("good", key: "b"), None);

        await inbox.WaitForAsync(Promises.RedeliversFailures ? 2 : 1);
        // Where messages are handled side by side the good one may be done before the bad one is tried.
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref failures) > 0, TimeSpan.FromSeconds(60)));
        Assert.Equal(Promises.RedeliversFailures ? ["bad", "good"] : ["good"], inbox.Texts.Order());
        Assert.Equal(Promises.RedeliversFailures ? 3 : 1, failures);
    }

    [ConformanceFact]
    public async Task An_app_that_was_away_gets_what_it_missed()
    {
        if (!Promises.KeepsForAbsentGroup)
            return;
        var (before, after) = (new Inbox(), new Inbox());
        var publisher = await ComponentAsync("publisher");
        var component = await OpenAsync("reader");
        var subscription = await component.SubscribeAsync(new TopicSubscription(Topic, "reader", s_nothing), before.HandleAsync, None);
        await publisher.PublishAsync(Message("here"), None);
        await before.WaitForAsync(1);
        await subscription.DisposeAsync();
        await component.DisposeAsync();

        await PublishAsync(publisher, 10);
        await SubscribeAsync(await ComponentAsync("reader"), "reader", after.HandleAsync);
        await after.WaitForAsync(10);
        Assert.Equal(Numbers(10), after.Texts.Order());
    }

    [ConformanceFact]
    public async Task What_an_instance_held_when_it_went_away_is_handled_by_another()
    {
        using var held = new SemaphoreSlim(0);
        using var dead = new CancellationTokenSource();
        var gone = await OpenAsync("reader");
        var goneSubscription = await gone.SubscribeAsync(new TopicSubscription(Topic, "reader", s_nothing), async (_, cancellation) =>
        {
            held.Release();
            await Task.Delay(Timeout.Infinite, cancellation).WaitAsync(dead.Token);
        }, None);
        await PublishAsync(await ComponentAsync("publisher"), 5);
        Assert.True(await held.WaitAsync(TimeSpan.FromSeconds(60)));
        await LoseAsync(gone, goneSubscription, dead.CancelAsync);

        var inbox = new Inbox();
        await SubscribeAsync(await ComponentAsync("reader"), "reader", inbox.HandleAsync);
        await inbox.WaitForAsync(5);
        Assert.Equal(Numbers(5), inbox.Texts.Distinct().Order());
    }

    [ConformanceFact]
    public async Task Many_publishers_at_once_lose_nothing()
    {
        var inbox = new Inbox();
        await SubscribeAsync(await ComponentAsync("reader"), "reader", inbox.HandleAsync);
        var publisher = await ComponentAsync("publisher");
        await Task.WhenAll(Enumerable.Range(0, 16).Select(one => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                await publisher.PublishAsync(Message($"{(one * 50) + i:D4}", key: $"key-{i}"), None);
            }
        })));

        await inbox.WaitForAsync(800);
        Assert.Equal(Numbers(800), inbox.Texts.Order());
    }

    [ConformanceFact]
    public async Task A_bulk_arrives_whole()
    {
        if (await ComponentAsync("publisher") is not IBulkPubSub publisher)
            return;
        var inbox = new Inbox();
        await SubscribeAsync(await ComponentAsync("reader"), "reader", inbox.HandleAsync);
        var outcomes = await publisher.PublishBulkAsync([.. Numbers(500).Select(number => Message(number, key: number))], None);

        Assert.All(outcomes, Assert.Null);
        await inbox.WaitForAsync(500);
        Assert.Equal(Numbers(500), inbox.Texts.Order());
    }

    [ConformanceFact]
    public async Task A_bulk_subscriber_gets_batches_no_larger_than_it_asked_for_and_only_the_failed_again()
    {
        if (await ComponentAsync("reader") is not IBulkPubSub reader)
            return;
        var largest = 0;
        var failed = new ConcurrentDictionary<string, int>();
        var inbox = new Inbox
        {
            Handle = message =>
            {
                var text = Encoding.UTF8.GetString(message.Data.Span);
                return text.EndsWith('7') && failed.AddOrUpdate(text, 1, (_, count) => count + 1) == 1 ? throw new InvalidOperationException("once") : Task.CompletedTask;
            },
        };
        _open.Add(await reader.SubscribeBulkAsync(new TopicSubscription(Topic, "reader", s_nothing), 20, TimeSpan.FromMilliseconds(50), async (messages, cancellation) =>
        {
            largest = Math.Max(largest, messages.Count);
            return await inbox.HandleBulkAsync(messages, cancellation);
        }, None));
        await PublishAsync(await ComponentAsync("publisher"), 100);

        var expected = Promises.RedeliversFailures ? 100 : 90;
        await inbox.WaitForAsync(expected);
        Assert.Equal(expected, inbox.Texts.Distinct().Count());
        Assert.InRange(largest, 1, 20);
    }

    [ConformanceFact]
    public async Task A_message_lapses_with_its_time_to_live_where_the_broker_keeps_it()
    {
        var publisher = await ComponentAsync("publisher");
        Assert.Equal(Promises.TimeToLive, publisher.Capabilities.Contains("MESSAGE_TTL"));
        if (!Promises.TimeToLive)
            return;
        var component = await OpenAsync("reader");
        await (await component.SubscribeAsync(new TopicSubscription(Topic, "reader", s_nothing), (_, _) => Task.CompletedTask, None)).DisposeAsync();
        await component.DisposeAsync();
        await publisher.PublishAsync(Message("short", ttl: "1"), None);
        await publisher.PublishAsync(Message("long", ttl: "600"), None);
        // The broker's clock is the machine's: there is nothing to step.
        await Task.Delay(TimeSpan.FromSeconds(1.2));

        var inbox = new Inbox();
        await SubscribeAsync(await ComponentAsync("reader"), "reader", inbox.HandleAsync);
        await publisher.PublishAsync(Message("last"), None);
        await inbox.WaitForAsync(2);
        Assert.Equal(["last", "long"], inbox.Texts.Order());
    }

    [ConformanceFact]
    public async Task Ending_a_subscription_waits_for_the_delivery_under_way()
    {
        var (entered, leave, left) = (new TaskCompletionSource(), new TaskCompletionSource(), false);
        var component = await ComponentAsync("reader");
        var subscription = await component.SubscribeAsync(new TopicSubscription(Topic, "reader", s_nothing), async (_, _) =>
        {
            entered.TrySetResult();
            await leave.Task;
            left = true;
        }, None);
        await PublishAsync(await ComponentAsync("publisher"), 1);
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(60));

        var ending = subscription.DisposeAsync().AsTask();
        Assert.False(ending.IsCompleted);
        leave.SetResult();
        await ending.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(left);
    }

    /// <summary>Waits until instances that joined a group share its work, where that takes a broker time.</summary>
    protected virtual Task SharingSettledAsync(string group) => Task.CompletedTask;

    /// <summary>The process of an instance dies: its deliveries are neither finished nor acknowledged. <paramref name="die"/> ends the handlers that still run, as a broken connection to the app would.</summary>
    protected virtual async Task LoseAsync(IPubSub component, IAsyncDisposable subscription, Func<Task> die)
    {
        await component.DisposeAsync();
        await die();
    }

    /// <summary>A component that is disposed with the test.</summary>
    protected async Task<IPubSub> ComponentAsync(string appId)
    {
        var component = await OpenAsync(appId);
        _open.Add(component);
        return component;
    }

    /// <summary>A subscription that is disposed with the test.</summary>
    protected async Task SubscribeAsync(IPubSub component, string group, MessageHandler handler, IReadOnlyDictionary<string, string>? metadata = null) =>
        _open.Add(await component.SubscribeAsync(new TopicSubscription(Topic, group, metadata ?? s_nothing), handler, None));

    /// <summary>Publishes the numbers below <paramref name="count"/>, each with a key of its own.</summary>
    protected async Task PublishAsync(IPubSub publisher, int count)
    {
        foreach (var number in Numbers(count))
        {
            await publisher.PublishAsync(Message(number, key: number), None);
        }
    }

    /// <summary>A message of this test's topic.</summary>
    protected PubSubMessage Message(string text, string? key = null, string? ttl = null)
    {
        var metadata = new Dictionary<string, string>();
        if (key is not null)
            metadata["partitionKey"] = key;
        if (ttl is not null)
            metadata["ttlInSeconds"] = ttl;
        return new PubSubMessage(Topic, Encoding.UTF8.GetBytes(text), metadata, "text/plain");
    }

    /// <summary>Numbers as texts, in order.</summary>
    protected static IReadOnlyList<string> Numbers(int count) => [.. Enumerable.Range(0, count).Select(number => number.ToString("D4", CultureInfo.InvariantCulture))];
}
