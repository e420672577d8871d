using System.Diagnostics;
using System.Text;
using Sidecar.Servers;

namespace Bench.Brokers;

/// <summary>
/// The baseline: events from publish to handler by the broker's own client library, acknowledged and durable as the component has them. Redis and NATS have none here: the libraries
/// that know streams and headers cannot be restored, and the components carry clients of our own.
/// </summary>
internal static class BareClients
{
    public const string Topic = "bare";

    public static readonly string[] Topics = [Topic];

    /// <summary>Publishers, and messages that each has under way.</summary>
    public const int Callers = 16;

    public const int BatchSize = 100;

    public static byte[] Payload { get; } = Encoding.UTF8.GetBytes(new string('x', 220));

    public static async Task<double?> PerSecondAsync(string name, PrivateServer? server, TimeSpan duration) => (name, server) switch
    {
        ("rabbitmq", { } rabbit) => await BareRabbitMq.PerSecondAsync(rabbit.Port, duration),
        ("kafka", { } kafka) => await BareKafka.PerSecondAsync(kafka.Address, duration),
        _ => null,
    };

    /// <summary>Publishes batches for a while, waits until all came, and says how many that was a second; a first half warms up.</summary>
    public static Task<double> RateAsync(Func<Task> publishBatch, Func<long> arrived, TimeSpan duration) => RateAsync(_ => publishBatch(), arrived, duration, Callers);

    /// <summary>The same, for publishers that each have their own.</summary>
    public static async Task<double> RateAsync(Func<int, Task> publishBatch, Func<long> arrived, TimeSpan duration, int callers)
    {
        long published = 0;
        async ValueTask CountedAsync(int caller, int i)
        {
            await Arrivals.KeepUpAsync(() => Interlocked.Read(ref published) - arrived());
            await publishBatch(caller);
            Interlocked.Add(ref published, BatchSize);
        }

        await ClosedLoop.LoadAsync(callers, duration / 2, CountedAsync);
        await Arrivals.UntilAsync(() => arrived() >= published, TimeSpan.FromSeconds(60));
        var before = published;
        var watch = Stopwatch.StartNew();
        await ClosedLoop.LoadAsync(callers, duration, CountedAsync);
        if (!await Arrivals.UntilAsync(() => arrived() >= published, TimeSpan.FromSeconds(60)))
            throw new InvalidOperationException($"{published} messages were published, {arrived()} came");
        return (published - before) / watch.Elapsed.TotalSeconds;
    }
}
