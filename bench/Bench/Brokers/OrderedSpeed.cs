using System.Collections.Concurrent;
using System.Globalization;
using Sidecar.Runtime.PubSub;
using Sidecar.Testing;

namespace Bench.Brokers;

/// <summary>Events per second in bulks with the settings under which a broker keeps the order of a key, and how many came late all the same.</summary>
internal readonly record struct OrderedRate(double PerSecond, long Late, string Setting)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{PerSecond:N0}/s, {Late} late ({Setting})");
}

/// <summary>How fast a broker goes where the order of a key counts: bulk publish, bulk delivery, one instance, every event checked against the one before it of its key.</summary>
internal sealed class OrderedSpeed(PrivateBroker broker, TimeSpan duration)
{
    public const string Topic = "speed-ordered";

    private const int Publishers = 16;
    private const int KeysEach = 50;
    private const int BatchSize = 100;
    private static readonly Dictionary<string, string> s_nothing = [];
    private static readonly string s_filling = new('x', 200);

    /// <summary>What each component must be told to keep an order that its default gives up.</summary>
    private static readonly Dictionary<string, (string Key, string Value)> s_settings = new()
    {
        ["redis"] = ("concurrency", "1"),
        ["rabbitmq"] = ("concurrencyMode", "single"),
        ["nats"] = ("concurrency", "single"),
    };

    public async Task<OrderedRate> RateAsync(string name)
    {
        var setting = s_settings.TryGetValue(name, out var told) ? new Dictionary<string, string> { [told.Key] = told.Value } : s_nothing;
        await using var publisher = await broker.OpenAsync("publisher", setting);
        await using var reader = await broker.OpenAsync("ordered-reader", setting);
        var (last, arrived, late) = (new ConcurrentDictionary<string, int>(), 0L, 0L);
        var subscription = new TopicSubscription(Topic, "ordered-reader", s_nothing);
        await using var subscribed = reader is IBulkPubSub bulk
            ? await bulk.SubscribeBulkAsync(subscription, BatchSize, TimeSpan.FromMilliseconds(10), CheckAsync, default)
            : await reader.SubscribeAsync(subscription, (message, _) => CheckAsync([message], default), default);

        var numbers = new int[Publishers * KeysEach];
        var rate = await BareClients.RateAsync(PublishAsync, () => Interlocked.Read(ref arrived), duration, Publishers);
        return new OrderedRate(rate, Interlocked.Read(ref late), setting.Count == 0 ? "as it is" : $"{told.Key}: {told.Value}");

        async Task PublishAsync(int caller)
        {
            // A key belongs to one publisher, as an order belongs to one service.
            var batch = new List<PubSubMessage>(BatchSize);
            for (var n = 0; n < BatchSize; n++)
            {
                var key = (caller * KeysEach) + (n % KeysEach);
                batch.Add(Arrivals.Message(Topic, string.Create(CultureInfo.InvariantCulture, $"{key} {++numbers[key]} {s_filling}"), $"key-{key}"));
            }

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
                foreach (var message in batch)
                {
                    await publisher.PublishAsync(message, default);
                }
            }
        }

        Task<IReadOnlyList<Exception?>> CheckAsync(IReadOnlyList<PubSubMessage> messages, CancellationToken cancellationToken)
        {
            foreach (var message in messages)
            {
                var parts = Arrivals.Text(message).Split(' ', 3);
                var number = int.Parse(parts[1], CultureInfo.InvariantCulture);
                if (last.TryGetValue(parts[0], out var before) && number < before)
                    Interlocked.Increment(ref late);
                last[parts[0]] = number;
            }

            Interlocked.Add(ref arrived, messages.Count);
            return Task.FromResult<IReadOnlyList<Exception?>>(new Exception?[messages.Count]);
        }
    }
}
