using System.Collections.Concurrent;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Actors;

/// <summary>
/// The reminders of one namespace, on disk. A tick that came due while nobody hosted the type, or nothing ran at all, goes out as soon as somebody does.
/// </summary>
internal sealed class ActorReminders : IAsyncDisposable
{
    private const int PageSize = 1000;
    private const uint DefaultRetries = 3;
    private static readonly TimeSpan DefaultRetryInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StoreRetry = TimeSpan.FromSeconds(1);

    private readonly string _prefix;
    private readonly IStateStore _store;
    private readonly ActorPlacement _placement;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<ReminderKey, LiveReminder> _reminders = new();
    private readonly ConcurrentDictionary<LiveReminder, byte> _waitingForHost = new();
    private readonly SemaphoreSlim[] _gates = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();

    public ActorReminders(string @namespace, IStateStore store, ActorPlacement placement, TimeProvider time, ILogger logger)
    {
        _prefix = $"actorreminder||{@namespace}||";
        _store = store;
        _placement = placement;
        _time = time;
        _logger = logger;
        _placement.HostJoined += OnHostJoined;
        _ = RecoverAsync();
    }

    /// <summary>Saves a reminder. False when the name is taken and it may not be overwritten.</summary>
    /// <exception cref="FormatException">Its times cannot be read.</exception>
    public async Task<bool> CreateAsync(ReminderKey key, ActorReminderRequest request, CancellationToken cancellationToken)
    {
        await _ready.Task.WaitAsync(cancellationToken);
        var live = new LiveReminder(StoredReminder.Create(key, request, _time.GetUtcNow()));
        using (await LockAsync(key, cancellationToken))
        {
            if (!request.Overwrite && _reminders.ContainsKey(key))
                return false;
            await _store.ExecuteAsync(new SetState(StoreKey(key), live.Stored.ToBytes()), cancellationToken);
            _reminders[key] = live;
        }

        Arm(live, live.Stored.Schedule.NextAt);
        return true;
    }

    /// <summary>A reminder, or null.</summary>
    public async Task<StoredReminder?> GetAsync(ReminderKey key, CancellationToken cancellationToken)
    {
        await _ready.Task.WaitAsync(cancellationToken);
        return _reminders.GetValueOrDefault(key)?.Stored;
    }

    /// <summary>The reminders of a type, or of one actor, by id and name.</summary>
    public async Task<IReadOnlyList<StoredReminder>> ListAsync(string type, string? id, CancellationToken cancellationToken)
    {
        await _ready.Task.WaitAsync(cancellationToken);
        return
        [
            .. _reminders.Values.Select(live => live.Stored).Where(stored => stored.ActorType == type && (id is null || stored.ActorId == id))
                .OrderBy(stored => stored.ActorId, StringComparer.Ordinal).ThenBy(stored => stored.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>Deletes a reminder; a missing one is no error.</summary>
    public async Task DeleteAsync(ReminderKey key, CancellationToken cancellationToken)
    {
        await _ready.Task.WaitAsync(cancellationToken);
        using (await LockAsync(key, cancellationToken))
        {
            await _store.ExecuteAsync(new DeleteState(StoreKey(key)), cancellationToken);
            _reminders.TryRemove(key, out _);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _placement.HostJoined -= OnHostJoined;
        await _stopping.CancelAsync();
        _ready.TrySetCanceled();
    }

    private string StoreKey(ReminderKey key) => $"{_prefix}{key.Actor.Type}||{key.Actor.Id}||{key.Name}";

    private bool IsCurrent(LiveReminder live) => _reminders.TryGetValue(live.Stored.Key, out var current) && current == live;

    private void Arm(LiveReminder live, DateTimeOffset at) => _placement.Clockwork.Schedule(at, () => Tick(live));

    private void Tick(LiveReminder live)
    {
        if (!IsCurrent(live) || _stopping.IsCancellationRequested)
            return;
        if (_placement.IsHosted(live.Stored.ActorType))
        {
            _ = TickAsync(live);
            return;
        }

        _waitingForHost[live] = 0;
        // The host may have come between the look and the note.
        if (_placement.IsHosted(live.Stored.ActorType))
            OnHostJoined();
    }

    private async Task TickAsync(LiveReminder live)
    {
        var (key, policy) = (live.Stored.Key, live.Stored.Schedule.Job.FailurePolicy);
        try
        {
            // Real Dapr's scheduler tells the app neither due time nor period.
            var call = new ActorCall(key.Actor, "remind/" + key.Name, ActorTickJson.Write(live.Stored.Data, callback: null, "", "")) { ContentType = "application/json" };
            using var response = await _placement.CallAsync(call, waitForHost: false, _stopping.Token);
            await AdvanceAsync(live, ActorTickJson.IsCancelled(response));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // It is still in the store, due, and ticks after the next start.
        }
        catch (ActorCallException e) when (e.NeverArrived)
        {
            // Nobody was asked, so this is no failed try: it waits for its host.
            _logger.ReminderRetrying(key.Name, key.Actor, e.Message, DefaultRetryInterval);
            Arm(live, _time.GetUtcNow() + DefaultRetryInterval);
        }
        catch (Exception e)
        {
            var retries = policy?.Drop is not null ? 0 : policy?.Constant is { } constant ? (constant.HasMaxRetries ? constant.MaxRetries : uint.MaxValue) : DefaultRetries;
            if (live.Failures++ < retries)
            {
                var interval = policy?.Constant?.Interval?.ToTimeSpan() ?? DefaultRetryInterval;
                _logger.ReminderRetrying(key.Name, key.Actor, e.Message, interval);
                Arm(live, _time.GetUtcNow() + interval);
                return;
            }

            _logger.ReminderGivenUp(key.Name, key.Actor, e.Message);
            await AdvanceAsync(live, cancelled: false);
        }
    }

    /// <summary>Notes a tick: the next one is armed, or the reminder is over.</summary>
    private async Task AdvanceAsync(LiveReminder live, bool cancelled)
    {
        var key = live.Stored.Key;
        using (await LockAsync(key, _stopping.Token))
        {
            if (!IsCurrent(live))
                return;
            live.Failures = 0;
            var schedule = cancelled ? null : live.Stored.Schedule.AfterTrigger(_time.GetUtcNow());
            var next = schedule is null ? null : live.Stored with { Schedule = schedule };
            try
            {
                await _store.ExecuteAsync(next is null ? new DeleteState(StoreKey(key)) : new SetState(StoreKey(key), next.ToBytes()), _stopping.Token);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                _logger.ReminderSaveFailed(error, key.Name, key.Actor);
            }

            if (next is null)
            {
                _reminders.TryRemove(key, out _);
                return;
            }

            live.Stored = next;
        }

        Arm(live, live.Stored.Schedule.NextAt);
    }

    private void OnHostJoined()
    {
        foreach (var live in _waitingForHost.Keys.Where(live => _placement.IsHosted(live.Stored.ActorType)))
        {
            if (_waitingForHost.TryRemove(live, out _))
                Tick(live);
        }
    }

    private async Task RecoverAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await foreach (var stored in ReadAllAsync())
                {
                    var live = new LiveReminder(stored);
                    _reminders[stored.Key] = live;
                    Arm(live, stored.Schedule.NextAt);
                }

                _ready.TrySetResult();
                return;
            }
            catch (Exception error) when (!_stopping.IsCancellationRequested)
            {
                _logger.RemindersUnreadable(error, StoreRetry);
                await Task.Delay(StoreRetry, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async IAsyncEnumerable<StoredReminder> ReadAllAsync()
    {
        string? token = null;
        do
        {
            var page = await _store.ListKeysAsync(_prefix, token, PageSize, _stopping.Token);
            foreach (var item in await _store.GetManyAsync(page.Keys, _stopping.Token))
            {
                if (item is not null && Read(item) is { } stored && !(stored.Schedule.ExpiresAt < stored.Schedule.NextAt))
                    yield return stored;
            }

            token = page.ContinuationToken;
        }
        while (token is not null);
    }

    private StoredReminder? Read(StateItem item)
    {
        try
        {
            return StoredReminder.Parse(item.Value.Span);
        }
        catch (Exception error) when (error is JsonException or InvalidProtocolBufferException or FormatException)
        {
            _logger.ReminderCorrupt(error, item.Key);
            return null;
        }
    }

    private async Task<GateHold> LockAsync(ReminderKey key, CancellationToken cancellationToken)
    {
        var gate = _gates[(uint)key.GetHashCode() % (uint)_gates.Length];
        await gate.WaitAsync(cancellationToken);
        return new GateHold(gate);
    }

    private sealed class GateHold(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }

    /// <summary>A reminder in memory. Another object under its key means that this one is off.</summary>
    private sealed class LiveReminder(StoredReminder stored)
    {
        public StoredReminder Stored { get; set; } = stored;

        public uint Failures { get; set; }
    }
}
