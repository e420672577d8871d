using System.Text;
using Conformance;
using Sidecar.Components.Redis;
using Sidecar.Runtime.PubSub;
using Sidecar.Servers;

namespace Components.Tests.Redis;

/// <summary>What happens to messages whose consumer died, hung or was paused, and to a group that is gone.</summary>
[NeedsServer("redis")]
public sealed class RedisRedeliveryTests(SharedServer<RedisServer> redis) : IClassFixture<SharedServer<RedisServer>>, IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly ComponentPlace _place = new();
    private readonly string _topic = $"again-{Guid.NewGuid():N}";
    private RawRedis _raw = null!;

    public async Task InitializeAsync() => _raw = await RawRedis.ConnectAsync(redis.Server);

    public async Task DisposeAsync()
    {
        await _raw.DisposeAsync();
        await _place.DisposeAsync();
    }

    [ConformanceFact]
    public async Task What_a_dead_consumer_held_is_taken_over_after_processingTimeout()
    {
        await TakeAsDeadConsumerAsync("a", "b", "c");
        var inbox = new Inbox();
        await using var component = await OpenAsync("300", "100ms");
        await using var subscription = await SubscribeAsync(component, inbox.HandleAsync);

        await inbox.WaitForAsync(3);
        Assert.Equal(["a", "b", "c"], inbox.Texts.Order());
    }

    [ConformanceFact]
    public async Task More_than_one_page_of_left_messages_is_found()
    {
        await TakeAsDeadConsumerAsync([.. Enumerable.Range(0, 250).Select(i => $"{i:D3}")]);
        var inbox = new Inbox();
        await using var component = await OpenAsync("100ms", "100ms");
        await using var subscription = await SubscribeAsync(component, inbox.HandleAsync);

        await inbox.WaitForAsync(250);
        Assert.Equal(250, inbox.Texts.Distinct().Count());
    }

    [ConformanceFact]
    public async Task A_redeliverInterval_of_zero_leaves_them_alone()
    {
        await TakeAsDeadConsumerAsync("left");
        var inbox = new Inbox();
        await using var component = await OpenAsync("1ms", "0");
        await using var subscription = await SubscribeAsync(component, inbox.HandleAsync);
        await PublishAsync(component, "new");

        await inbox.WaitForAsync(1);
        Assert.Equal(["new"], inbox.Texts);
    }

    [ConformanceFact]
    public async Task A_pending_message_that_was_cut_from_the_stream_is_forgotten()
    {
        await TakeAsDeadConsumerAsync("cut", "kept");
        await _raw.DoAsync("XDEL", _topic, (await _raw.DoAsync("XRANGE", _topic, "-", "+", "COUNT", 1)).Items[0].Items[0].Text);
        var inbox = new Inbox();
        await using var component = await OpenAsync("100ms", "50ms");
        await using var subscription = await SubscribeAsync(component, inbox.HandleAsync);

        await inbox.WaitForAsync(1);
        await EventuallyAsync(async () => (await _raw.DoAsync("XPENDING", _topic, "readers")).Items[0].Number == 0);
        Assert.Equal(["kept"], inbox.Texts);
    }

    [ConformanceFact]
    public async Task A_message_whose_handler_hangs_is_tried_again_beside_it_and_takes_no_more_workers()
    {
        var hang = new TaskCompletionSource();
        var attempts = 0;
        var inbox = new Inbox();
        await using var component = await OpenAsync("100ms", "50ms", ("concurrency", "3"));
        await using var subscription = await SubscribeAsync(component, async (message, token) =>
        {
            if (Encoding.UTF8.GetString(message.Data.Span) != "stuck")
            {
                await inbox.HandleAsync(message, token);
                return;
            }

            Interlocked.Increment(ref attempts);
            await hang.Task;
        });
        await PublishAsync(component, "stuck");
        await EventuallyAsync(() => Task.FromResult(Volatile.Read(ref attempts) == 2));
        for (var i = 0; i < 20; i++)
        {
            // Each takes longer than the others' idle time, so that a third attempt would have its chance.
            await PublishAsync(component, $"{i}");
            await inbox.WaitForAsync(i + 1);
            await Task.Yield();
        }

        Assert.Equal(2, attempts);
        hang.SetResult();
    }

    [ConformanceFact]
    public async Task What_a_paused_subscription_did_not_handle_is_handled_at_once_when_it_goes_on()
    {
        var (entered, leave) = (new TaskCompletionSource(), new TaskCompletionSource());
        var inbox = new Inbox();
        await using var component = await OpenAsync("10m", "10m", ("concurrency", "1"));
        foreach (var text in (string[])["0", "1", "2", "3"])
            await PublishAsync(component, text);
        var first = await SubscribeAsync(component, async (message, token) =>
        {
            entered.TrySetResult();
            await leave.Task;
            await inbox.HandleAsync(message, token);
        });
        await entered.Task.WaitAsync(s_patience);
        var pausing = first.DisposeAsync().AsTask();
        leave.SetResult();
        await pausing.WaitAsync(s_patience);
        Assert.Equal(["0"], inbox.Texts);

        await PublishAsync(component, "4");
        await using var second = await SubscribeAsync(component, inbox.HandleAsync);
        await inbox.WaitForAsync(5);
        Assert.Equal(["0", "1", "2", "3", "4"], inbox.Texts);
    }

    [ConformanceFact]
    public async Task A_group_that_is_gone_is_made_again_and_begins_with_the_oldest_message()
    {
        var inbox = new Inbox();
        await using var component = await OpenAsync("60s", "15s");
        await using var subscription = await SubscribeAsync(component, inbox.HandleAsync);
        await PublishAsync(component, "one");
        await inbox.WaitForAsync(1);
        await _raw.DoAsync("XGROUP", "DESTROY", _topic, "readers");
        await PublishAsync(component, "two");

        await EventuallyAsync(() => Task.FromResult(inbox.Texts.Contains("two")));
        Assert.Contains("one", inbox.Texts.Skip(1));
    }

    [ConformanceFact]
    public async Task No_more_messages_than_concurrency_are_handled_at_once_over_all_topics()
    {
        var (now, most) = (0, 0);
        var gate = new Lock();
        var inbox = new Inbox
        {
            Handle = async _ =>
            {
                lock (gate)
                    most = Math.Max(most, ++now);
                await Task.Yield();
                lock (gate)
                    now--;
            },
        };
        await using var component = await OpenAsync("60s", "15s", ("concurrency", "3"));
        await using var one = await SubscribeAsync(component, inbox.HandleAsync);
        await using var other = await component.SubscribeAsync(new TopicSubscription(_topic + "-2", "readers", new Dictionary<string, string>()), inbox.HandleAsync, None);
        for (var i = 0; i < 100; i++)
        {
            await PublishAsync(component, "x");
            await component.PublishAsync(new PubSubMessage(_topic + "-2", "y"u8.ToArray(), new Dictionary<string, string>()), None);
        }

        await inbox.WaitForAsync(200);
        Assert.InRange(most, 1, 3);
    }

    private static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(s_patience);
        while (!await holds())
            await Task.Delay(10, limit.Token);
    }

    private async Task TakeAsDeadConsumerAsync(params string[] texts)
    {
        await _raw.DoAsync("XGROUP", "CREATE", _topic, "readers", "0", "MKSTREAM");
        foreach (var text in texts)
            await _raw.DoAsync("XADD", _topic, "*", "data", text);
        await _raw.DoAsync("XREADGROUP", "GROUP", "readers", "readers", "STREAMS", _topic, ">");
    }

    private async Task<IPubSub> OpenAsync(string processingTimeout, string redeliverInterval, params (string Key, string Value)[] more)
    {
        var metadata = more.ToDictionary(pair => pair.Key, pair => pair.Value);
        (metadata["redisHost"], metadata["processingTimeout"], metadata["redeliverInterval"]) = (redis.Server.Address, processingTimeout, redeliverInterval);
        return await _place.MakeAsync<IPubSub>("pubsub.redis", metadata);
    }

    private Task PublishAsync(IPubSub component, string text) =>
        component.PublishAsync(new PubSubMessage(_topic, Encoding.UTF8.GetBytes(text), new Dictionary<string, string>()), None).AsTask();

    private Task<IAsyncDisposable> SubscribeAsync(IPubSub component, MessageHandler handler) =>
        component.SubscribeAsync(new TopicSubscription(_topic, "readers", new Dictionary<string, string>()), handler, None);
}
