using Sidecar.Components.Redis;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.RedisPubSub;

/// <summary>How many messages go to the handler at once, and how long a part of them waits for the rest.</summary>
internal readonly record struct UnitSize(int MaxMessages, TimeSpan MaxAwait);

/// <summary>One subscription: reads new messages and what others left behind, and gives them to the component's workers.</summary>
internal sealed class StreamSubscription : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly HeldMessages _held = new();
    private readonly StreamGroup _group;
    private readonly UnitSize _size;
    private readonly BulkMessageHandler _handler;
    private readonly SemaphoreSlim _workers;
    private readonly Action<StreamSubscription> _ended;
    private readonly CancellationToken _closing;
    private readonly AckQueue _acks;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reading = Task.CompletedTask;
    private Task _reclaiming = Task.CompletedTask;
    private Task? _ending;
    private long _readerId;
    private int _running = 1;

    public StreamSubscription(
        StreamGroup group, UnitSize size, BulkMessageHandler handler, SemaphoreSlim workers, Action<StreamSubscription> ended, CancellationToken closing)
    {
        (_group, _size, _handler, _workers, _ended, _closing) = (group, size, handler, workers, ended, closing);
        _acks = new AckQueue(group, _held.Ended);
    }

    /// <summary>Begins to deliver.</summary>
    public void Start()
    {
        var caughtUp = _group.Options.Redelivers ? Task.Run(ReclaimAsync) : Task.CompletedTask;
        _reading = Task.Run(() => ReadAsync(caughtUp));
        _reclaiming = _group.Options.Redelivers ? Task.Run(() => ReclaimAlwaysAsync(caughtUp)) : Task.CompletedTask;
    }

    /// <summary>Takes no more messages, waits for those that are being handled, and gives the others back.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_held)
            _ending ??= EndAsync();
        return new ValueTask(_ending);
    }

    private async Task EndAsync()
    {
        await _stopping.CancelAsync();
        while (!_reading.IsCompleted)
        {
            // The read may not have begun to block when it is unblocked, so that once is not enough.
            if (Volatile.Read(ref _readerId) is var id and > 0)
                await UnblockAsync(id);
            await Task.WhenAny(_reading, Task.Delay(TimeSpan.FromMilliseconds(50), _group.Time));
        }

        await _reclaiming;
        Leave();
        await _drained.Task;
        await _acks.CompleteAsync();
        _ended(this);
    }

    private async Task UnblockAsync(long id)
    {
        try
        {
            await _group.UnblockAsync(id);
        }
        catch (Exception error) when (error is RedisUnavailableException or RedisRefusalException)
        {
            // Without a server the read ends by itself.
        }
    }

    private async Task ReadAsync(Task caughtUp)
    {
        // What an earlier subscription gave back comes before what is new.
        await caughtUp;
        for (var failures = 0; !_stopping.IsCancellationRequested;)
        {
            try
            {
                var (connection, id) = await _group.OpenReaderAsync(_stopping.Token);
                await using (connection)
                {
                    Volatile.Write(ref _readerId, id);
                    await ReadUnitsAsync(connection, () => failures = 0);
                }
            }
            catch (Exception error) when (error is RedisUnavailableException or RedisRefusalException)
            {
                await PauseAsync(++failures, error);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            finally
            {
                Volatile.Write(ref _readerId, 0);
            }
        }
    }

    private async Task ReadUnitsAsync(RedisConnection connection, Action succeeded)
    {
        var unit = new List<StreamEntry>();
        try
        {
            long begun = 0;
            while (!_stopping.IsCancellationRequested)
            {
                var wait = unit.Count == 0 ? _group.Block : _size.MaxAwait - _group.Time.GetElapsedTime(begun);
                if (wait <= TimeSpan.Zero)
                {
                    unit = await StartAsync(unit) ? [] : unit;
                    continue;
                }

                var count = _size.MaxMessages == 1 ? _group.Options.QueueDepth : _size.MaxMessages - unit.Count;
                var entries = await _group.ReadAsync(connection, count, wait);
                succeeded();
                entries.ForEach(entry => _held.Taken(entry.Id));
                foreach (var entry in entries)
                {
                    if (unit.Count == 0)
                        begun = _group.Time.GetTimestamp();
                    unit.Add(entry);
                    if (unit.Count >= _size.MaxMessages && await StartAsync(unit))
                        unit = [];
                }
            }
        }
        finally
        {
            // A lost connection does not keep what was read from being handled.
            if (unit.Count > 0 && !await StartAsync(unit))
                await GiveBackAsync(unit);
        }
    }

    /// <summary>Hands a unit to the next free worker; false when the subscription ends before one is free.</summary>
    private async Task<bool> StartAsync(List<StreamEntry> unit)
    {
        if (_stopping.IsCancellationRequested)
            return false;
        try
        {
            await _workers.WaitAsync(_stopping.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        if (_stopping.IsCancellationRequested)
        {
            // The worker became free just when the subscription was told to end.
            _workers.Release();
            return false;
        }

        Interlocked.Increment(ref _running);
        unit.ForEach(entry => _held.Started(entry.Id));
        _ = Task.Run(() => HandleAsync(unit));
        return true;
    }

    private async Task HandleAsync(List<StreamEntry> unit)
    {
        IReadOnlyList<Exception?> outcomes;
        try
        {
            outcomes = await _handler([.. unit.Select(entry => entry.Message)], _closing);
        }
        catch (Exception failure)
        {
            outcomes = [.. Enumerable.Repeat(failure, unit.Count)];
        }

        _workers.Release();
        List<StreamEntry>? interrupted = null;
        for (var i = 0; i < unit.Count; i++)
        {
            var comesAgain = outcomes[i] is OperationCanceledException or TimeoutException;
            if (outcomes[i] is { } failure)
                _group.TellFailure(unit[i].Id, failure, comesAgain);
            if (!comesAgain)
            {
                _acks.Add(unit[i].Id);
                continue;
            }

            _held.Ended(unit[i].Id);
            if (outcomes[i] is OperationCanceledException)
                (interrupted ??= []).Add(unit[i]);
        }

        if (interrupted is not null)
            await GiveBackAsync(interrupted);
        Leave();
    }

    private async Task ReclaimAlwaysAsync(Task caughtUp)
    {
        try
        {
            await caughtUp;
            using var timer = new PeriodicTimer(_group.Options.RedeliverInterval, _group.Time);
            while (await timer.WaitForNextTickAsync(_stopping.Token))
                await ReclaimAsync();
        }
        catch (OperationCanceledException)
        {
            // The subscription ends.
        }
    }

    private async Task ReclaimAsync()
    {
        try
        {
            await foreach (var claimed in _group.ClaimAsync(_held.MayTake))
            {
                claimed.ForEach(entry => _held.Taken(entry.Id));
                var started = 0;
                foreach (var unit in claimed.Chunk(_size.MaxMessages))
                    started += await StartAsync([.. unit]) ? unit.Length : 0;
                // Once the subscription ends nothing more is started.
                await GiveBackAsync(claimed[started..]);
                if (_stopping.IsCancellationRequested)
                    return;
            }
        }
        catch (RedisRefusalException refusal) when (refusal.Is("NOGROUP"))
        {
            // The reader makes the group again.
        }
        catch (Exception error) when (error is RedisUnavailableException or RedisRefusalException)
        {
            await PauseAsync(1, error);
        }
    }

    private async Task GiveBackAsync(List<StreamEntry> unit)
    {
        unit.ForEach(entry => _held.Dropped(entry.Id));
        await _group.GiveBackAsync([.. unit.Select(entry => entry.Id)]);
    }

    private async Task PauseAsync(int failures, Exception error)
    {
        try
        {
            await _group.PauseAsync(failures, error, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The subscription ends.
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _running) == 0)
            _drained.TrySetResult();
    }
}
