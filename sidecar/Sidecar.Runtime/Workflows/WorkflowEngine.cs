using System.Collections.Concurrent;
using Dapr.Protocol.Workflow;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Scheduling;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Workflows;

/// <summary>
/// Runs the workflows of one app: keeps their histories, hands turns and activities to connected workers, and remembers everything in the actor
/// state store. All sidecars of the app in this process share one engine, so an instance has one owner.
/// </summary>
/// <remarks>
/// A turn is committed by one transaction that appends to the history. Activities, timers and children under way are derived from the history
/// again after a restart, and so need no records of their own. What clients send (events, terminate, suspend) is saved before they are answered.
/// </remarks>
public sealed partial class WorkflowEngine : IAsyncDisposable
{
    private const int KeptTerminalInstances = 1000;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    private readonly WorkflowEngineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WorkflowKeys _keys;
    private readonly WorkflowStore _store;
    private readonly TimerQueue _timers;
    private readonly WorkLane _turnLane;
    private readonly WorkLane _activityLane;
    private readonly ConcurrentDictionary<string, LiveWorkflow> _instances = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _changes = new();
    private readonly ConcurrentQueue<LiveWorkflow> _terminal = new();
    private readonly SemaphoreSlim[] _idGates = [.. Enumerable.Range(0, 256).Select(_ => new SemaphoreSlim(1, 1))];
    private readonly CancellationTokenSource _stopping = new();
    private readonly string _nonce = Guid.NewGuid().ToString("N")[..12];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _recovery = Task.CompletedTask;
    private int _started;
    private int _workers;
    private int _workerGeneration;
    private int _background = 1;
    private long _turnNumber;

    /// <summary>Makes an engine; <see cref="TryStart"/> it after attaching a store.</summary>
    public WorkflowEngine(WorkflowEngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = options.Time;
        _logger = options.Loggers.CreateLogger("Sidecar.Workflow");
        _keys = new WorkflowKeys(options.AppId, options.Namespace);
        _store = new WorkflowStore(_keys);
        _timers = new TimerQueue(options.Time);
        _turnLane = new WorkLane(options.MaxConcurrentWorkflows);
        _activityLane = new WorkLane(options.MaxConcurrentActivities);
    }

    /// <summary>App whose workflows it runs.</summary>
    public string AppId => _options.AppId;

    /// <summary>Namespace of the app.</summary>
    public string Namespace => _options.Namespace;

    /// <summary>Connected worker streams, of all sidecars of the app.</summary>
    public int ConnectedWorkers => Volatile.Read(ref _workers);

    /// <summary>Completes when the unfinished workflows of an earlier run were read.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Adds the actor state store of one more sidecar.</summary>
    public void Attach(IStateStore store) => _store.Attach(store);

    /// <summary>Takes the store of a stopping sidecar away.</summary>
    public void Detach(IStateStore store) => _store.Detach(store);

    /// <summary>Takes up what an earlier run left; answers at once, see <see cref="Ready"/>. False when that was asked for before.</summary>
    public bool TryStart()
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            return false;
        }

        if (_options.Directory is { } directory)
        {
            directory.Registered += OnEngineRegistered;
            directory.Register(this);
        }

        _recovery = RecoverAsync();
        return true;
    }

    /// <summary>Delivers work to one worker stream until the token says so or sending fails.</summary>
    /// <param name="send">Writes one item to the stream.</param>
    /// <param name="limits">How much the worker may hold unanswered.</param>
    /// <param name="cancellationToken">The stream's end.</param>
    public async Task RunWorkerAsync(Func<WorkItem, CancellationToken, Task> send, WorkerLimits limits, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        var connection = new WorkerConnection(_turnLane, _activityLane, limits, send, _time);
        var workers = Interlocked.Increment(ref _workers);
        _logger.WorkerConnected(AppId, workers);
        WorkersChanged();
        try
        {
            await connection.RunAsync(stop.Token);
        }
        finally
        {
            var left = Interlocked.Decrement(ref _workers);
            _logger.WorkerGone(AppId, left);
            WorkersChanged();
            if (left == 0)
            {
                await SaveUnsavedAsync();
            }
        }
    }

    /// <summary>Stops: work at workers is left to be done again by the next run, results that have arrived are saved.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _timers.Dispose();
        if (_options.Directory is { } directory)
        {
            directory.Registered -= OnEngineRegistered;
            directory.Unregister(this);
        }

        await _recovery;
        try
        {
            await SaveUnsavedAsync();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // The stop goes on: activities whose results are lost run again, as they may.
            _logger.UnsavedLost(error, AppId);
        }

        BackgroundDone();
        await Task.WhenAny(_drained.Task, Task.Delay(DrainTime, TimeProvider.System));
        foreach (var change in _changes.Values)
        {
            change.TrySetException(new WorkflowException(14, "the workflow engine is stopping"));
        }
    }

    private static Timestamp ToTimestamp(DateTimeOffset time) => Timestamp.FromDateTimeOffset(time);

    private Timestamp Now() => ToTimestamp(_time.GetUtcNow());

    /// <summary>Takes turns with everything else that makes, replaces or removes an instance of this id.</summary>
    private Task<IDisposable> LockIdAsync(string instanceId, CancellationToken cancellationToken) => LockGateAsync(GateOf(instanceId), cancellationToken);

    private int GateOf(string instanceId) => (int)((uint)string.GetHashCode(instanceId, StringComparison.Ordinal) % (uint)_idGates.Length);

    private async Task<IDisposable> LockGateAsync(int gate, CancellationToken cancellationToken)
    {
        await _idGates[gate].WaitAsync(cancellationToken);
        return new GateHold(_idGates[gate]);
    }

    /// <summary>The instance from memory or the store; null when there is none.</summary>
    private async ValueTask<LiveWorkflow?> FindAsync(string instanceId, CancellationToken cancellationToken)
    {
        await _ready.Task.WaitAsync(cancellationToken);
        if (_instances.TryGetValue(instanceId, out var instance))
        {
            return instance;
        }

        using (await LockIdAsync(instanceId, cancellationToken))
        {
            return await FindLockedAsync(instanceId, cancellationToken);
        }
    }

    private async ValueTask<LiveWorkflow?> FindLockedAsync(string instanceId, CancellationToken cancellationToken)
    {
        if (_instances.TryGetValue(instanceId, out var instance))
        {
            return instance;
        }

        return Adopt(await _store.LoadAsync(instanceId, cancellationToken));
    }

    /// <summary>Keeps an ended instance in memory for a while: clients ask for it right after it ended.</summary>
    private void Retire(LiveWorkflow instance)
    {
        _terminal.Enqueue(instance);
        while (_terminal.Count > KeptTerminalInstances && _terminal.TryDequeue(out var oldest))
        {
            ((ICollection<KeyValuePair<string, LiveWorkflow>>)_instances).Remove(new(oldest.Id, oldest));
        }
    }

    private void Changed(string instanceId)
    {
        if (_changes.TryRemove(instanceId, out var change))
        {
            change.TrySetResult();
        }
    }

    /// <summary>Waits until the instance exists and the condition holds.</summary>
    private async Task<LiveWorkflow> WaitUntilAsync(string instanceId, Func<LiveWorkflow, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            var change = _changes.GetOrAdd(instanceId, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            if (await FindAsync(instanceId, cancellationToken) is { } instance)
            {
                lock (instance.Lock)
                {
                    ThrowIfQuarantined(instance);
                    if (condition(instance))
                    {
                        return instance;
                    }
                }
            }

            await change.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Waits until the first turn of an instance that was just made is saved. Until then it may be in memory alone, and a store that refuses the turn leaves nothing of it.</summary>
    private async Task WaitForFirstTurnAsync(string instanceId, CancellationToken cancellationToken)
    {
        while (true)
        {
            var change = _changes.GetOrAdd(instanceId, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            if (await FindAsync(instanceId, cancellationToken) is not { } instance)
            {
                throw new WorkflowException(10, $"workflow '{instanceId}' was not started: the store refused its first turn because somebody else wrote there; start it again");
            }

            lock (instance.Lock)
            {
                ThrowIfQuarantined(instance);
                if (instance.Status != OrchestrationStatus.Pending)
                {
                    return;
                }
            }

            await change.Task.WaitAsync(cancellationToken);
        }
    }

    private static void ThrowIfQuarantined(LiveWorkflow instance)
    {
        if (instance.Quarantine is { } problem)
        {
            throw new WorkflowException(15, problem);
        }
    }

    /// <summary>Runs what nobody waits for, again and again until the store takes it; it must bear repeating.</summary>
    private void InBackground(string instanceId, Func<Task> work)
    {
        Interlocked.Increment(ref _background);
        _ = RunAsync();

        async Task RunAsync()
        {
            var delay = FirstRetry;
            while (true)
            {
                try
                {
                    await work();
                    break;
                }
                catch (Exception) when (_stopping.IsCancellationRequested)
                {
                    // The engine stops; the next run takes up where this one left.
                    break;
                }
                catch (WorkflowException refused)
                {
                    _logger.BackgroundRefused(refused, instanceId);
                    break;
                }
                catch (Exception error)
                {
                    _logger.BackgroundFailed(error, instanceId, delay);
                }

                await Task.Delay(delay, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                delay = delay * 2 < LongestRetry ? delay * 2 : LongestRetry;
            }

            BackgroundDone();
        }
    }

    private void BackgroundDone()
    {
        if (Interlocked.Decrement(ref _background) == 0)
        {
            _drained.TrySetResult();
        }
    }

    private sealed class GateHold(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
