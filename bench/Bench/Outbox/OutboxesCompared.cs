using System.Globalization;
using Dapr.Client;
using Microsoft.Extensions.Logging.Abstractions;
using ServiceDefaults;
using ServiceDefaults.Outbox;
using ServiceDefaults.State;
using Sidecar.Testing;

namespace Bench.Outbox;

/// <summary>
/// Our own outbox and Dapr's on the same SQLite file and the same embedded broker: how long an event is on its way after its commit, how many get through under load, in which order, how often.
/// Sidecar, services and handler share this process.
/// </summary>
internal static class OutboxesCompared
{
    private const int Keys = 16;
    private const int EventsPerKey = 40;

    public static async Task RunAsync(Report report)
    {
        await MeasureAsync("ours", OpenOurs);
        await MeasureAsync("Dapr's", OpenDaprs);
    }

    private static async Task MeasureAsync(string name, Func<TestSidecar, DaprClient, (Func<string, int, Task> CommitAsync, IAsyncDisposable Owned)> open)
    {
        await using var hearing = await HearingApp.StartAsync();
        await using var sidecar = await TestSidecar.For("bench").WithApp(hearing.Port)
            .WithEmbeddedPubSub("pubsub")
            .WithComponent(UnitOfWork.Store, "state.sqlite", [
                ("connectionString", Path.Combine(hearing.Folder, "state.db")), ("busyTimeout", "30s"),
                .. name == "ours" ? Array.Empty<(string, string)>() : [("outboxPublishPubsub", "pubsub"), ("outboxPublishTopic", Counted.Topic)]])
            .WithSubscription("pubsub", Counted.Topic, "/hear").StartAsync();
        await sidecar.WaitUntilReadyAsync();
        using var dapr = new DaprClientBuilder()
            .UseHttpEndpoint($"http://127.0.0.1:{sidecar.HttpPort}").UseGrpcEndpoint($"http://127.0.0.1:{sidecar.GrpcPort}").UseJsonSerializationOptions(WireJson.Options).Build();
        var (commitAsync, owned) = open(sidecar, dapr);
        await using var _ = owned;

        // Warm: the first commits compile.
        for (var i = 1; i <= 20; i++)
            await commitAsync("warm", i);
        await hearing.HeardAsync(20);

        // One event at a time, with nothing else under way: the delay alone.
        for (var i = 1; i <= 20; i++)
        {
            await commitAsync("calm", i);
            await hearing.HeardAsync(20 + i);
        }

        var calm = hearing.DelaysOf("calm");
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Keys).Select(async key =>
        {
            for (var i = 1; i <= EventsPerKey; i++)
                await commitAsync(string.Create(CultureInfo.InvariantCulture, $"key-{key}"), i);
        }));
        await hearing.HeardAsync(40 + (Keys * EventsPerKey));
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        var load = hearing.DelaysOf("key-");
        Console.WriteLine(
            $"  {name,-8} alone: p50 {P(calm, 0.5),6:0} ms  p99 {P(calm, 0.99),6:0} ms   "
            + $"{Keys * EventsPerKey} events of {Keys} keys: {Keys * EventsPerKey / seconds,5:0}/s  p50 {P(load, 0.5),6:0} ms  p99 {P(load, 0.99),6:0} ms   "
            + $"after a later one of their key: {hearing.Late}   twice: {hearing.Twice}");
    }

    private static (Func<string, int, Task>, IAsyncDisposable) OpenOurs(TestSidecar sidecar, DaprClient dapr)
    {
        var slots = new OutboxSlots();
        var publisher = new OutboxPublisher(dapr, new ServiceIdentity(sidecar.AppId), TimeProvider.System, NullLogger<OutboxPublisher>.Instance);
        var description = new EventDescription(
            fact => ($"{((Counted)fact).Key}:{((Counted)fact).Number}", ((Counted)fact).Key, false),
            [new PublishedEvents(Counted.Topic, new Dictionary<string, Type> { ["bench.counted.v1"] = typeof(Counted) })]);
        var turns = new CommitTurns(dapr, NullLogger<CommitTurns>.Instance);
        var work = new UnitOfWork(dapr, slots, publisher, turns, description, TimeProvider.System, Random.Shared, NullLogger<UnitOfWork>.Instance);
        var relay = new OutboxRelay(dapr, slots, publisher, TimeProvider.System, NullLogger<OutboxRelay>.Instance);
        var running = relay.StartAsync(CancellationToken.None);
        return (
            (key, number) => work.RunAsync(
                new Work(key, Origin.Call, key),
                changes =>
                {
                    changes.Put(key, new Count(number));
                    changes.Publish(new Counted(key, number, changes.Now));
                    return 0;
                },
                CancellationToken.None),
            new Stopping(async () =>
            {
                await running;
                await relay.StopAsync(CancellationToken.None);
                relay.Dispose();
                slots.Dispose();
            }));
    }

    private static (Func<string, int, Task>, IAsyncDisposable) OpenDaprs(TestSidecar sidecar, DaprClient dapr)
    {
        var metadata = new Dictionary<string, string> { ["contentType"] = "application/json", ["cloudevent.type"] = "bench.counted.v1" };
        return (
            (key, number) => dapr.ExecuteStateTransactionAsync(
                UnitOfWork.Store,
                [new StateTransactionRequest(key, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new Counted(key, number, DateTimeOffset.UtcNow), WireJson.Options), StateOperationType.Upsert, metadata: metadata)]),
            new Stopping(() => Task.CompletedTask));
    }

    private static double P(IReadOnlyList<double> sorted, double part) => sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * part))];

    private sealed record Count(int Value);

    private sealed class Stopping(Func<Task> stop) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await stop();
    }
}

/// <summary>A fact about one key.</summary>
/// <param name="Key">Key.</param>
/// <param name="Number">Rises by one with each commit.</param>
/// <param name="At">When it was decided.</param>
internal sealed record Counted(string Key, int Number, DateTimeOffset At)
{
    public const string Topic = "counted";
}
