using Dapr.Client;
using Microsoft.Extensions.Logging.Abstractions;
using ServiceDefaults;
using ServiceDefaults.Outbox;
using ServiceDefaults.State;
using Sidecar.Testing;

namespace Services.Tests.Defaults;

/// <summary>One process of a service as far as its unit of work goes: what it knows is lost with it, what it committed is not.</summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly DaprClient _dapr;
    private readonly OutboxSlots _slots = new();
    private readonly OutboxPublisher _publisher;
    private readonly TimeProvider _clock;
    private readonly CommitTurns _turns;

    public Replica(TestSidecar sidecar, TimeProvider? clock = null)
    {
        _clock = clock ?? TimeProvider.System;
        _dapr = new DaprClientBuilder()
            .UseHttpEndpoint($"http://127.0.0.1:{sidecar.HttpPort}").UseGrpcEndpoint($"http://127.0.0.1:{sidecar.GrpcPort}")
            .UseJsonSerializationOptions(WireJson.Options).Build();
        _publisher = new OutboxPublisher(_dapr, new ServiceIdentity(sidecar.AppId), _clock, NullLogger<OutboxPublisher>.Instance);
        var description = new EventDescription(
            @event => (((Counted)@event).Id, ((Counted)@event).OrderId, false), [new PublishedEvents(Counted.Topic, new Dictionary<string, Type> { ["counts.counted.v1"] = typeof(Counted) })]);
        _turns = new CommitTurns(_dapr, NullLogger<CommitTurns>.Instance);
        Work = new UnitOfWork(_dapr, _slots, _publisher, _turns, description, _clock, Random.Shared, NullLogger<UnitOfWork>.Instance);
    }

    public UnitOfWork Work { get; }

    /// <summary>What is committed and not known to be published, of one order.</summary>
    public async Task<IReadOnlyList<OutboxRecord>> OutboxAsync(string orderId)
    {
        var content = await _dapr.GetStateAsync<OutboxDocument?>(UnitOfWork.Store, _slots.SlotOf(orderId).Key);
        return content?.Records ?? [];
    }

    public async Task<bool> ExistsAsync(string key) => (await _dapr.GetStateEntryAsync<object?>(UnitOfWork.Store, key)).Value is not null;

    /// <summary>What runs beside a service from its start.</summary>
    public OutboxRelay Relay() => new(_dapr, _slots, _publisher, _clock, NullLogger<OutboxRelay>.Instance);

    /// <summary>Counts one up for an order and says so.</summary>
    public Task<int> CountAsync(string orderId, Origin origin) => CountAsync(orderId, origin, () => { });

    /// <param name="orderId">The order.</param>
    /// <param name="origin">Where the command came from.</param>
    /// <param name="deciding">Called with each attempt, between reading and saving.</param>
    public Task<int> CountAsync(string orderId, Origin origin, Action deciding) => CountAsync(new Work(orderId, origin, orderId), deciding);

    /// <summary>Counts one up for an order, and for a document that other orders change too.</summary>
    public Task<int> CountAsync(string orderId, string shared, Action deciding) => CountAsync(
        new Work(orderId, Origin.Call, orderId, shared) { Shared = [shared] },
        deciding,
        changes => changes.Put(shared, new Count((changes.Get<Count>(shared)?.Value ?? 0) + 1)));

    private Task<int> CountAsync(Work work, Action deciding, Action<Changes>? more = null) => Work.RunAsync(
        work,
        changes =>
        {
            var orderId = work.Partition!;
            var count = (changes.Get<Count>(orderId)?.Value ?? 0) + 1;
            deciding();
            more?.Invoke(changes);
            changes.Put(orderId, new Count(count));
            changes.Publish(new Counted(orderId, count));
            return count;
        },
        CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        _dapr.Dispose();
        _slots.Dispose();
        return ValueTask.CompletedTask;
    }

    internal sealed record Count(int Value);

    private sealed record OutboxDocument(IReadOnlyList<OutboxRecord> Records);
}

/// <summary>A fact about one order.</summary>
internal sealed record Counted(string OrderId, int Value)
{
    public const string Topic = "counts";

    public string Id => $"{OrderId}:{Value}";
}
