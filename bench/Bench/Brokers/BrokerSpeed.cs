using System.Diagnostics;
using System.Globalization;
using Sidecar.Runtime.PubSub;
using Sidecar.Testing;

namespace Bench.Brokers;

/// <summary>How fast events go from the publish call of a component to the handler of another on the same broker.</summary>
internal sealed class BrokerSpeed(PrivateBroker broker, TimeSpan duration)
{
    public static readonly string[] Topics = ["speed-single", "speed-bulk", "speed-latency"];

    private const int Callers = 16;
    private const int BatchSize = 100;
    private const int Keys = 1000;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly Dictionary<string, string> s_nothing = [];
    private static readonly string s_filling = new('x', 200);

    public async Task<double> OneByOneAsync()
    {
        await using var publisher = await broker.OpenAsync("publisher");
        await using var reader = await broker.OpenAsync("reader");
        var arrivals = new Arrivals();
        await using var subscription = await reader.SubscribeAsync(new TopicSubscription("speed-single", "reader", s_nothing), arrivals.CountAsync, default);
        return await DeliveredPerSecondAsync(arrivals, 1, (caller, i) => publisher.PublishAsync(Event("speed-single", (caller * 7919) + i), default));
    }

    public async Task<double> BulkAsync()
    {
        await using var publisher = await broker.OpenAsync("publisher");
        await using var reader = await broker.OpenAsync("reader");
        var arrivals = new Arrivals();
        var subscription = new TopicSubscription("speed-bulk", "reader", s_nothing);
        await using var subscribed = reader is IBulkPubSub bulk
            ? await bulk.SubscribeBulkAsync(subscription, BatchSize, TimeSpan.FromMilliseconds(10), arrivals.CountAsync, default)
            : await reader.SubscribeAsync(subscription, arrivals.CountAsync, default);
        return await DeliveredPerSecondAsync(arrivals, BatchSize, async (caller, i) =>
        {
            var batch = Enumerable.Range(0, BatchSize).Select(n => Event("speed-bulk", (caller * 7919) + i + n)).ToList();
            if (publisher is IBulkPubSub native)
            {
                foreach (var error in await native.PublishBulkAsync(batch, default))
                {
                    if (error is not null)
                        throw error;
                }
            }
            else
            {
                await Task.WhenAll(batch.Select(message => publisher.PublishAsync(message, default).AsTask()));
            }
        });
    }

    public async Task<(double P50, double P99)> LatencyAsync(int perSecond)
    {
        await using var publisher = await broker.OpenAsync("publisher");
        await using var reader = await broker.OpenAsync("reader");
        var latencies = new System.Collections.Concurrent.ConcurrentQueue<double>();
        await using var subscription = await reader.SubscribeAsync(new TopicSubscription("speed-latency", "reader", s_nothing), (message, _) =>
        {
            latencies.Enqueue(Stopwatch.GetElapsedTime(long.Parse(Arrivals.Text(message).AsSpan(0, 20), CultureInfo.InvariantCulture)).TotalMilliseconds);
            return Task.CompletedTask;
        }, default);
        foreach (var measured in new[] { false, true })
        {
            latencies.Clear();
            var (watch, sent) = (Stopwatch.StartNew(), new List<Task>());
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
            for (var i = 0; watch.Elapsed < duration; await timer.WaitForNextTickAsync())
            {
                for (; i < watch.Elapsed.TotalSeconds * perSecond; i++)
                {
                    sent.Add(publisher.PublishAsync(Event("speed-latency", i), default).AsTask());
                }
            }

            await Task.WhenAll(sent);
            if (!await Arrivals.UntilAsync(() => latencies.Count >= sent.Count, s_patience))
                throw new InvalidOperationException($"{sent.Count} events were published, {latencies.Count} came");
        }

        var sorted = latencies.Order().ToArray();
        return (sorted[sorted.Length / 2], sorted[(int)(sorted.Length * 0.99)]);
    }

    private async Task<double> DeliveredPerSecondAsync(Arrivals arrivals, int eventsEach, Func<int, int, ValueTask> publish)
    {
        long published = 0;
        async ValueTask CountedAsync(int caller, int i)
        {
            await Arrivals.KeepUpAsync(() => Interlocked.Read(ref published) - arrivals.Count);
            await publish(caller, i);
            Interlocked.Add(ref published, eventsEach);
        }

        // The first half belongs to the just-in-time compiler.
        await ClosedLoop.LoadAsync(Callers, duration / 2, CountedAsync);
        await AllArrivedAsync();
        var before = published;
        var watch = Stopwatch.StartNew();
        await ClosedLoop.LoadAsync(Callers, duration, CountedAsync);
        await AllArrivedAsync();
        return (published - before) / watch.Elapsed.TotalSeconds;

        async Task AllArrivedAsync()
        {
            var last = -1L;
            while (arrivals.Count < published && arrivals.Count > last)
            {
                last = arrivals.Count;
                await Arrivals.UntilAsync(() => arrivals.Count >= published, s_patience);
            }

            if (arrivals.Count < published)
                throw new InvalidOperationException($"{published} events were acknowledged, {arrivals.Count} came");
        }
    }

    private static PubSubMessage Event(string topic, int i) =>
        Arrivals.Message(topic, Stopwatch.GetTimestamp().ToString("D20", CultureInfo.InvariantCulture) + s_filling, $"key-{i % Keys}");
}
