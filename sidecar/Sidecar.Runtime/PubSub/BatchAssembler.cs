using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.PubSub;

/// <summary>Makes batches of the messages that a component without bulk delivery hands over one by one.</summary>
internal sealed class BatchAssembler(BulkSubscribe bulk, BulkMessageHandler handler, TimeProvider time)
{
    private readonly Lock _lock = new();
    private Batch? _filling;

    /// <summary>Adds the message to a batch and waits for the batch's outcome.</summary>
    public async Task HandleAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        Batch batch;
        int index;
        var full = false;
        lock (_lock)
        {
            batch = _filling ??= Begin();
            index = batch.Messages.Count;
            batch.Messages.Add(message);
            if (batch.Messages.Count >= bulk.MaxMessagesCount)
            {
                full = true;
                _filling = null;
            }
        }

        if (full)
            await SendAsync(batch);
        var outcomes = await batch.Outcome.Task.WaitAsync(cancellationToken);
        if (outcomes[index] is { } error)
            throw error;
    }

    private Batch Begin()
    {
        var batch = new Batch();
        batch.Timer = time.CreateTimer(
            _ =>
            {
                lock (_lock)
                {
                    if (!ReferenceEquals(_filling, batch))
                        return;
                    _filling = null;
                }

                _ = SendAsync(batch);
            },
            null, bulk.MaxAwaitDuration, Timeout.InfiniteTimeSpan);
        return batch;
    }

    private async Task SendAsync(Batch batch)
    {
        batch.Timer?.Dispose();
        try
        {
            batch.Outcome.TrySetResult(await handler(batch.Messages, CancellationToken.None));
        }
        catch (Exception exception)
        {
            batch.Outcome.TrySetException(exception);
        }
    }

    private sealed class Batch
    {
        public List<PubSubMessage> Messages { get; } = [];

        public TaskCompletionSource<IReadOnlyList<Exception?>> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ITimer? Timer { get; set; }
    }
}
