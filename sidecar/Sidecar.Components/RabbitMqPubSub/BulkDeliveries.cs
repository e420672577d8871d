using Microsoft.Extensions.Logging;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.RabbitMqPubSub;

/// <summary>
/// Collects deliveries into batches: one is being filled while others are under way. A batch is also full when the prefetch count lets no more messages come.
/// </summary>
internal sealed class BulkDeliveries : DeliveryRunner
{
    private const int MostAtOnce = 4;
    private readonly Lock _lock = new();
    private readonly Queue<Batch> _full = new();
    private readonly BulkMessageHandler _handler;
    private readonly TimeSpan _maxAwait;
    private readonly TimeProvider _time;
    private readonly int _size;
    private readonly int _atOnce;
    private Batch? _filling;
    private int _running;

    public BulkDeliveries(string queue, RabbitMqOptions options, int maxMessages, TimeSpan maxAwait, BulkMessageHandler handler, TimeProvider time, ILogger logger)
        : base(queue, options, logger)
    {
        (_handler, _maxAwait, _time) = (handler, maxAwait, time);
        _size = options.PrefetchCount > 0 && !options.AutoAcknowledge ? Math.Min(maxMessages, options.PrefetchCount) : maxMessages;
        _atOnce = options.OneByOne ? 1 : MostAtOnce;
    }

    public override void Take(Delivery delivery)
    {
        Batch? next = null;
        lock (_lock)
        {
            if (IsClosing || !TryBegin())
                return;
            var batch = _filling ??= new Batch(_size);
            batch.Deliveries.Add(delivery);
            if (batch.Deliveries.Count >= _size || _maxAwait <= TimeSpan.Zero)
                next = Close(batch);
            else
                batch.Timer ??= _time.CreateTimer(_ => OnWaited(batch), null, _maxAwait, Timeout.InfiniteTimeSpan);
        }

        Start(next);
    }

    protected override void OnClosing()
    {
        Batch? next = null;
        lock (_lock)
        {
            if (_filling is { } batch)
                next = Close(batch);
        }

        Start(next);
    }

    private void OnWaited(Batch batch)
    {
        Batch? next = null;
        lock (_lock)
        {
            if (ReferenceEquals(batch, _filling))
                next = Close(batch);
        }

        Start(next);
    }

    /// <summary>The batch takes no more; the answer is a batch to start, if one may run.</summary>
    private Batch? Close(Batch batch)
    {
        batch.Timer?.Dispose();
        _filling = null;
        _full.Enqueue(batch);
        if (_running >= _atOnce)
            return null;
        _running++;
        return _full.Dequeue();
    }

    private void Start(Batch? batch)
    {
        if (batch is not null)
            ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.Self.RunAsync(state.Batch), (Self: this, Batch: batch), preferLocal: false);
    }

    private async Task RunAsync(Batch? batch)
    {
        while (batch is not null)
        {
            await DeliverAsync(batch.Deliveries);
            lock (_lock)
            {
                if (!_full.TryDequeue(out batch))
                    _running--;
            }
        }
    }

    private async Task DeliverAsync(List<Delivery> deliveries)
    {
        IReadOnlyList<Exception?>? outcomes = null;
        Exception? failure = null;
        try
        {
            outcomes = await _handler([.. deliveries.Select(delivery => delivery.Message)], CancellationToken.None);
        }
        catch (Exception error)
        {
            failure = error;
        }

        for (var i = 0; i < deliveries.Count; i++)
        {
            Settle(deliveries[i], outcomes is null ? failure : outcomes[i]);
            End();
        }
    }

    private sealed class Batch(int size)
    {
        public List<Delivery> Deliveries { get; } = new(size);

        public ITimer? Timer { get; set; }
    }
}
