using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Sidecar.Runtime.PubSub;
using Sidecar.Testing;

namespace Bench.Brokers;

/// <summary>What a broker does when things go wrong, seen from a component with the settings of its folder; Resiliency and dead letters of the runtime come on top.</summary>
internal sealed class BrokerBehaviour(PrivateBroker broker)
{
    public static readonly string[] Topics = ["order-one", "order-two", "crash", "poison", "ttl", "restart"];

    private const int Keys = 50;
    private const int PerKey = 100;
    private const int Held = 20;
    private const int OverRestart = 2000;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private static readonly Dictionary<string, string> s_nothing = [];

    public async Task<Disorder> OrderAsync(int instances)
    {
        var topic = instances == 1 ? "order-one" : "order-two";
        await using var publisher = await broker.OpenAsync("publisher");
        var (last, late, arrivals) = (new ConcurrentDictionary<string, int>(), 0, new Arrivals());
        var open = new List<IAsyncDisposable>();
        for (var instance = 0; instance < instances; instance++)
        {
            var reader = await broker.OpenAsync("order-reader");
            open.AddRange([reader, await reader.SubscribeAsync(new TopicSubscription(topic, "order-reader", s_nothing), async (message, cancellation) =>
            {
                var parts = Arrivals.Text(message).Split(' ');
                // Work takes longer for some than for others: only then order can be lost.
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(3)), cancellation);
                var number = int.Parse(parts[1], CultureInfo.InvariantCulture);
                last.AddOrUpdate(parts[0], number, (_, before) =>
                {
                    if (number < before)
                        Interlocked.Increment(ref late);
                    return Math.Max(before, number);
                });
                await arrivals.KeepAsync(message, cancellation);
            }, default)]);
        }

        // A group that has two members shares its work only once both are known.
        await Task.WhenAll(Enumerable.Range(0, Keys).Select(key => Task.Run(async () =>
        {
            for (var i = 0; i < PerKey; i++)
            {
                await publisher.PublishAsync(Arrivals.Message(topic, $"{key} {i}", $"key-{key}"), default);
            }
        })));
        await Arrivals.UntilAsync(() => arrivals.Times.Count == Keys * PerKey, s_patience);
        foreach (var one in open.AsEnumerable().Reverse())
        {
            await one.DisposeAsync();
        }

        return new Disorder(late, Keys * PerKey);
    }

    public async Task<string> AfterCrashAsync()
    {
        if (broker.Server is null)
            return "its host crashes with it";
        await using var publisher = await broker.OpenAsync("publisher");
        using var dead = new CancellationTokenSource();
        var held = 0;
        var crashing = await broker.OpenAsync("crash-reader");
        _ = await crashing.SubscribeAsync(new TopicSubscription("crash", "crash-reader", s_nothing), async (_, cancellation) =>
        {
            Interlocked.Increment(ref held);
            await Task.Delay(Timeout.Infinite, cancellation).WaitAsync(dead.Token);
        }, default);
        for (var i = 0; i < Held; i++)
        {
            await publisher.PublishAsync(Arrivals.Message("crash", Arrivals.Number(i), $"key-{i}"), default);
        }

        await Arrivals.UntilAsync(() => held > 0, s_patience);
        await crashing.DisposeAsync();
        await dead.CancelAsync();

        var arrivals = new Arrivals();
        var watch = Stopwatch.StartNew();
        await using var next = await broker.OpenAsync("crash-reader");
        await using var subscription = await next.SubscribeAsync(new TopicSubscription("crash", "crash-reader", s_nothing), arrivals.KeepAsync, default);
        return await Arrivals.UntilAsync(() => arrivals.Times.Count == Held, s_patience)
            ? $"{held} of {Held} held, all again after {watch.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s"
            : $"{held} of {Held} held, {arrivals.Times.Count} came within {s_patience.TotalSeconds:0} s";
    }

    public async Task<string> PoisonAsync()
    {
        await using var publisher = await broker.OpenAsync("publisher");
        await using var reader = await broker.OpenAsync("poison-reader");
        var (attempts, arrivals) = (0, new Arrivals());
        await using var subscription = await reader.SubscribeAsync(new TopicSubscription("poison", "poison-reader", s_nothing), (message, cancellation) =>
        {
            if (Arrivals.Text(message) != "poison")
                return arrivals.KeepAsync(message, cancellation);
            Interlocked.Increment(ref attempts);
            throw new InvalidOperationException("poison");
        }, default);
        await publisher.PublishAsync(Arrivals.Message("poison", "poison", "same"), default);
        for (var i = 0; i < Held; i++)
        {
            await publisher.PublishAsync(Arrivals.Message("poison", $"same {i}", "same"), default);
            await publisher.PublishAsync(Arrivals.Message("poison", $"other {i}", $"other-{i}"), default);
        }

        // What is to come has come by then; a broker that never gives up has no other end.
        await Arrivals.UntilAsync(() => false, TimeSpan.FromSeconds(3));
        var (same, other) = (arrivals.Times.Keys.Count(text => text.StartsWith("same", StringComparison.Ordinal)), arrivals.Times.Keys.Count(text => text.StartsWith("other", StringComparison.Ordinal)));
        var again = attempts switch { 0 => "never came", 1 when same == Held => "once, then gone", 1 => "once in 3 s", _ => $"{attempts} times in 3 s" };
        var behind = (same, other) switch
        {
            (Held, Held) => "others pass",
            ( < Held, Held) => "holds back its key",
            _ => $"holds back others ({other} of {Held} came)",
        };
        return $"{again}; {behind}";
    }

    public async Task<string> TimeToLiveAsync()
    {
        await using var publisher = await broker.OpenAsync("publisher");
        await using (var known = await broker.OpenAsync("ttl-reader"))
        {
            await (await known.SubscribeAsync(new TopicSubscription("ttl", "ttl-reader", s_nothing), (_, _) => Task.CompletedTask, default)).DisposeAsync();
        }

        await publisher.PublishAsync(Arrivals.Message("ttl", "lapsed", "a", ttl: "1"), default);
        await Arrivals.UntilAsync(() => false, TimeSpan.FromSeconds(1.3));
        await publisher.PublishAsync(Arrivals.Message("ttl", "fresh", "a"), default);
        var arrivals = new Arrivals();
        await using var reader = await broker.OpenAsync("ttl-reader");
        await using var subscription = await reader.SubscribeAsync(new TopicSubscription("ttl", "ttl-reader", s_nothing), arrivals.KeepAsync, default);
        await Arrivals.UntilAsync(() => arrivals.Times.ContainsKey("fresh"), s_patience);
        return arrivals.Times.ContainsKey("lapsed") ? "sidecar" : "broker";
    }

    public async Task<(int Lost, int Twice, int Of)> OverRestartAsync()
    {
        await using var publisher = await broker.OpenAsync("publisher");
        await using var reader = await broker.OpenAsync("restart-reader");
        var (arrivals, published) = (new Arrivals(), 0);
        await using var subscription = await reader.SubscribeAsync(new TopicSubscription("restart", "restart-reader", s_nothing), arrivals.KeepAsync, default);
        var publishing = Task.WhenAll(Enumerable.Range(0, 4).Select(one => Task.Run(async () =>
        {
            for (var i = one; i < OverRestart; i += 4)
            {
                while (!await TryPublishAsync(publisher, i))
                {
                    await Task.Delay(20);
                }

                Interlocked.Increment(ref published);
            }
        })));
        await Arrivals.UntilAsync(() => published > OverRestart / 4, s_patience);
        await broker.BreakAsync();
        await broker.MendAsync();
        await publishing;
        await Arrivals.UntilAsync(() => arrivals.Times.Count == OverRestart, s_patience);
        return (OverRestart - arrivals.Times.Count, arrivals.Times.Values.Sum(times => times - 1), OverRestart);
    }

    private static async Task<bool> TryPublishAsync(IPubSub publisher, int i)
    {
        try
        {
            await publisher.PublishAsync(Arrivals.Message("restart", Arrivals.Number(i), $"key-{i % Keys}"), default);
            return true;
        }
        catch (Exception)
        {
            // Whatever a client says while its broker is away: the caller tries again, as every publisher must.
            return false;
        }
    }
}
