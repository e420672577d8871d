using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Sidecar.Runtime.PubSub;

namespace Bench.Brokers;

/// <summary>A handler that counts, and the ways to wait for it.</summary>
internal sealed class Arrivals
{
    private const int MostAhead = 20_000;
    private readonly ConcurrentDictionary<string, int> _times = new();
    private long _count;

    /// <summary>Deliveries handled, repetitions included.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>How often each text came.</summary>
    public IReadOnlyDictionary<string, int> Times => _times;

    /// <summary>Only counts: for rates.</summary>
    public Task CountAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _count);
        return Task.CompletedTask;
    }

    /// <summary>Counts a whole batch.</summary>
    public Task<IReadOnlyList<Exception?>> CountAsync(IReadOnlyList<PubSubMessage> messages, CancellationToken cancellationToken)
    {
        Interlocked.Add(ref _count, messages.Count);
        return Task.FromResult<IReadOnlyList<Exception?>>(new Exception?[messages.Count]);
    }

    /// <summary>Counts each text by itself.</summary>
    public Task KeepAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        _times.AddOrUpdate(Text(message), 1, (_, times) => times + 1);
        return CountAsync(message, cancellationToken);
    }

    /// <summary>
    /// Holds a publisher back that is far ahead of the handler: what counts is what goes through, and a broker that keeps everything in memory (Kafka's mock cluster: 5 MB of a partition)
    /// would throw the oldest away.
    /// </summary>
    public static async ValueTask KeepUpAsync(Func<long> ahead)
    {
        if (ahead() > MostAhead)
            await UntilAsync(() => ahead() <= MostAhead, TimeSpan.FromSeconds(60));
    }

    /// <summary>True when the condition holds before the time is over.</summary>
    public static async Task<bool> UntilAsync(Func<bool> condition, TimeSpan limit)
    {
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
        {
            if (watch.Elapsed > limit)
                return false;
            await timer.WaitForNextTickAsync();
        }

        return true;
    }

    public static string Text(PubSubMessage message) => Encoding.UTF8.GetString(message.Data.Span);

    public static PubSubMessage Message(string topic, string text, string key, string? ttl = null)
    {
        var metadata = new Dictionary<string, string> { ["partitionKey"] = key };
        if (ttl is not null)
            metadata["ttlInSeconds"] = ttl;
        return new PubSubMessage(topic, Encoding.UTF8.GetBytes(text), metadata, "text/plain");
    }

    public static string Number(int value) => value.ToString("D6", CultureInfo.InvariantCulture);
}
