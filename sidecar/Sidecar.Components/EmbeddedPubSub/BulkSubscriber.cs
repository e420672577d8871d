namespace Sidecar.Components.EmbeddedPubSub;

/// <summary>Messages that go out together. Messages of one key keep their order inside it.</summary>
internal sealed class Batch
{
    public List<(Lane Lane, Entry Entry)> Entries { get; } = [];

    public HashSet<Lane> Lanes { get; } = [];

    public ITimer? Timer { get; set; }
}

/// <summary>Takes messages in batches: one is being filled while at most <see cref="MaxBatches"/> are under delivery.</summary>
internal sealed class BulkSubscriber(EmbeddedBroker broker, ConsumerGroup group, SubscriberOptions options, BulkDelivery bulk)
    : Subscriber(broker, group, options)
{
    private const int MaxBatches = 2;
    private Batch? _filling;
    private readonly Queue<Batch> _full = new();
    private int _delivering;

    public override bool HasRoom => !IsClosing && (_filling is not null || _delivering < MaxBatches);

    public override void Take(Lane lane)
    {
        var batch = _filling ??= new Batch();
        batch.Lanes.Add(lane);
        for (var entry = lane.Head; entry is not null && batch.Entries.Count < bulk.MaxMessages; entry = entry.Next)
        {
            batch.Entries.Add((lane, entry));
            Active++;
        }

        if (batch.Entries.Count >= bulk.MaxMessages || bulk.MaxAwait <= TimeSpan.Zero)
            Close(batch);
        else
            batch.Timer ??= Broker.Time.CreateTimer(_ => OnWaited(batch), null, bulk.MaxAwait, Timeout.InfiniteTimeSpan);
    }

    public override void StartTaken(Lane lane) => StartFull();

    private void StartFull()
    {
        while (true)
        {
            Batch? full = null;
            Group.Synchronized(() => _full.TryDequeue(out full));
            if (full is null)
                return;
            Start(full);
        }
    }

    protected override void OnClosing()
    {
        // What was being collected goes out now rather than after the wait.
        if (_filling is { } batch)
        {
            Close(batch);
            StartFull();
        }
    }

    private void OnWaited(Batch batch)
    {
        Group.Synchronized(() =>
        {
            if (ReferenceEquals(_filling, batch))
                Close(batch);
        });
        StartFull();
    }

    private void Close(Batch batch)
    {
        batch.Timer?.Dispose();
        _filling = null;
        _full.Enqueue(batch);
        _delivering++;
    }

    private void Start(Batch batch) =>
        ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.Self.RunAsync(state.Batch), (Self: this, Batch: batch), preferLocal: false);

    private async Task RunAsync(Batch batch)
    {
        var outcomes = new (Outcome Outcome, string? Reason)[batch.Entries.Count];
        try
        {
            await DeliverAsync(batch, outcomes);
        }
        catch (OperationCanceledException) when (IsClosing || Broker.Stopping.IsCancellationRequested)
        {
            Array.Fill(outcomes, (Outcome.Returned, null));
        }
        catch (Exception exception)
        {
            Broker.OnFailed(Group, batch.Entries[0].Entry, exception);
            Array.Fill(outcomes, (Outcome.Failed, exception.Message));
        }

        Group.Synchronized(() => _delivering--);
        Group.SettleBatch(this, batch, outcomes);
    }

    private async Task DeliverAsync(Batch batch, (Outcome Outcome, string? Reason)[] outcomes)
    {
        var messages = new List<Runtime.PubSub.PubSubMessage>(batch.Entries.Count);
        var indexes = new List<int>(batch.Entries.Count);
        for (var i = 0; i < batch.Entries.Count; i++)
        {
            var entry = batch.Entries[i].Entry;
            if (Broker.HasExpired(entry))
                continue;
            messages.Add(entry.ReadMessage());
            indexes.Add(i);
        }

        if (messages.Count == 0)
            return;
        var answers = await bulk.Handler(messages, Broker.Stopping);
        for (var i = 0; i < indexes.Count; i++)
        {
            if (answers[i] is not { } error)
                continue;
            outcomes[indexes[i]] = error is OperationCanceledException && (IsClosing || Broker.Stopping.IsCancellationRequested)
                ? (Outcome.Returned, null)
                : (Outcome.Failed, error.Message);
            if (outcomes[indexes[i]].Outcome == Outcome.Failed)
                Broker.OnFailed(Group, batch.Entries[indexes[i]].Entry, error);
        }
    }
}
