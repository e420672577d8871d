using System.Threading.Channels;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.KafkaPubSub;

/// <summary>
/// Handles the messages of one partition in their order, one after the other (or batch after batch), for as long as this instance owns it. A message that fails is tried again in place.
/// </summary>
internal sealed class PartitionWorker : IDisposable
{
    private const long MostBytes = 8 << 20;
    private readonly Channel<ConsumeResult<byte[]?, byte[]?>> _queue = Channel.CreateUnbounded<ConsumeResult<byte[]?, byte[]?>>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _stopping;
    private readonly CancellationTokenSource _abandoned = new();
    private readonly GroupConsumer _group;
    private readonly KafkaSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly PartitionWorker? _predecessor;
    private long _next = -1;
    private int _waiting;
    private long _waitingBytes;

    /// <param name="group">Whose partition it is.</param>
    /// <param name="partition">Which.</param>
    /// <param name="subscriber">Who takes its messages.</param>
    /// <param name="predecessor">The worker that had the partition before in this process and may still be busy with a message; this one begins when that one is done.</param>
    /// <param name="settings">How to retry, and how much may wait.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    public PartitionWorker(
        GroupConsumer group, TopicPartition partition, TopicSubscriber subscriber, PartitionWorker? predecessor, KafkaSettings settings, TimeProvider time, ILogger logger)
    {
        (_group, Partition, Subscriber, _predecessor, _settings, _time, _logger) = (group, partition, subscriber, predecessor, settings, time, logger);
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(subscriber.Closing);
        Completion = Task.Run(RunAsync);
    }

    public TopicPartition Partition { get; }

    public TopicSubscriber Subscriber { get; }

    /// <summary>Completes when it handles nothing any more; it never fails.</summary>
    public Task Completion { get; }

    /// <summary>Offset of the first message that is not handled, or -1 when there was none yet.</summary>
    public long Next => Interlocked.Read(ref _next);

    /// <summary>Fetching is paused; guarded by the group's lock.</summary>
    public bool IsPaused { get; set; }

    /// <summary>More waits than should.</summary>
    public bool IsFull => Volatile.Read(ref _waiting) >= _settings.QueueDepth || Interlocked.Read(ref _waitingBytes) >= MostBytes;

    private bool HasRoomAgain => Volatile.Read(ref _waiting) <= _settings.QueueDepth / 4 && Interlocked.Read(ref _waitingBytes) <= MostBytes / 4;

    /// <summary>Takes a fetched message; only the poll thread calls this.</summary>
    public void Offer(ConsumeResult<byte[]?, byte[]?> record)
    {
        Interlocked.CompareExchange(ref _next, record.Offset.Value, -1);
        if (_stopping.IsCancellationRequested)
            return;
        Interlocked.Increment(ref _waiting);
        Interlocked.Add(ref _waitingBytes, record.Message.Value?.Length ?? 0);
        _queue.Writer.TryWrite(record);
    }

    /// <summary>Lets it finish what is under delivery, and start nothing.</summary>
    public void Stop() => _stopping.Cancel();

    /// <summary>Ends what is under delivery as well: the partition belongs to somebody else.</summary>
    public void Abandon() => _abandoned.Cancel();

    /// <summary>Only after its <see cref="Completion"/>.</summary>
    public void Dispose()
    {
        _stopping.Dispose();
        _abandoned.Dispose();
    }

    private async Task RunAsync()
    {
        var skipBefore = -1L;
        if (_predecessor is not null)
        {
            await _predecessor.Completion;
            skipBefore = _predecessor.Next;
        }

        var batch = new List<ConsumeResult<byte[]?, byte[]?>>(Math.Min(Subscriber.MaxMessages, 256));
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                await FillAsync(batch, skipBefore);
                if (batch.Count > 0 && !await HandleAsync(batch))
                    return;
                batch.Clear();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Stopped between messages: what waits stays uncommitted.
        }
    }

    private async ValueTask FillAsync(List<ConsumeResult<byte[]?, byte[]?>> batch, long skipBefore)
    {
        await _queue.Reader.WaitToReadAsync(_stopping.Token);
        Drain(batch, skipBefore);
        if (batch.Count == 0 || batch.Count >= Subscriber.MaxMessages || Subscriber.MaxAwait <= TimeSpan.Zero)
            return;
        using var wait = new CancellationTokenSource(Subscriber.MaxAwait, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(wait.Token, _stopping.Token);
        try
        {
            while (batch.Count < Subscriber.MaxMessages && await _queue.Reader.WaitToReadAsync(either.Token))
            {
                Drain(batch, skipBefore);
            }
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            // The wait is over: the batch goes as it is.
        }
    }

    private void Drain(List<ConsumeResult<byte[]?, byte[]?>> batch, long skipBefore)
    {
        while (batch.Count < Subscriber.MaxMessages && _queue.Reader.TryRead(out var record))
        {
            Interlocked.Decrement(ref _waiting);
            Interlocked.Add(ref _waitingBytes, -(record.Message.Value?.Length ?? 0));
            if (record.Offset.Value >= skipBefore)
                batch.Add(record);
        }

        if (IsPaused && HasRoomAgain)
            _group.Resume(this);
    }

    /// <summary>Sees a batch through; false when it was interrupted and the worker must end.</summary>
    private async Task<bool> HandleAsync(List<ConsumeResult<byte[]?, byte[]?>> batch)
    {
        var messages = batch.ConvertAll(ToMessage);
        var pending = Enumerable.Range(0, batch.Count).ToList();
        var begin = _time.GetTimestamp();
        for (var retry = 1; ; retry++)
        {
            var outcomes = await DeliverAsync(pending.Count == messages.Count ? messages : pending.ConvertAll(index => messages[index]));
            var failed = new List<int>();
            Exception? failure = null;
            for (var i = 0; i < pending.Count; i++)
            {
                if (outcomes[i] is not { } error)
                    continue;
                failure ??= error;
                failed.Add(pending[i]);
            }

            if (failed.Count == 0)
            {
                Handled(batch[^1].Offset.Value + 1);
                return true;
            }

            if (failed[0] > 0)
                Handled(batch[failed[0] - 1].Offset.Value + 1);
            if (_stopping.IsCancellationRequested || _abandoned.IsCancellationRequested)
                return false;
            var first = batch[failed[0]];
            if (!_settings.RetryInPlace || _settings.BackOff.Before(retry, _time.GetElapsedTime(begin), Random.Shared.NextDouble()) is not { } wait)
            {
                KafkaLog.PassedOver(_logger, Partition.ToString(), first.Offset.Value, failure!.Message);
                Interlocked.Exchange(ref _next, batch[^1].Offset.Value + 1);
                return true;
            }

            KafkaLog.Retrying(_logger, Partition.ToString(), first.Offset.Value, wait, failure!.Message);
            await Task.Delay(wait, _time, _stopping.Token);
            pending = failed;
        }
    }

    private async Task<IReadOnlyList<Exception?>> DeliverAsync(List<PubSubMessage> messages)
    {
        try
        {
            return await Subscriber.Handler(messages, _abandoned.Token);
        }
        catch (Exception exception)
        {
            return [.. Enumerable.Repeat(exception, messages.Count)];
        }
    }

    private void Handled(long next)
    {
        Interlocked.Exchange(ref _next, next);
        _group.Store(this, next);
    }

    private PubSubMessage ToMessage(ConsumeResult<byte[]?, byte[]?> record) =>
        new(record.Topic, record.Message.Value ?? "null"u8.ToArray(), KafkaHeaders.ToMetadata(record, _settings.ExcludedHeaders, _settings.EscapeHeaders));
}
