using System.Collections.Concurrent;
using System.Text.Json;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Scheduling;
using Sidecar.Runtime.State;
using Sidecar.Runtime.Telemetry;

namespace Sidecar.Runtime.Jobs;

/// <summary>
/// The jobs of one app. All sidecars of the app in this process share it, so a trigger is delivered once, through any sidecar whose app is healthy.
/// Jobs that became due while nothing ran trigger when the app is back.
/// </summary>
internal sealed class JobEngine : IAsyncDisposable
{
    private static readonly TimeSpan DefaultRetryInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StoreRetry = TimeSpan.FromSeconds(1);
    private const uint DefaultRetries = 3;
    private const int PageSize = 1000;

    private readonly string _appId;
    private readonly IStateStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TimerQueue _timers;
    private readonly ConcurrentDictionary<string, LiveJob> _jobs = new();
    private readonly ConcurrentDictionary<LiveJob, byte> _waitingForApp = new();
    private readonly SemaphoreSlim[] _gates = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _prefix;
    private readonly ConcurrentDictionary<IAppChannel, SidecarMetrics> _metrics = new();
    private volatile IAppChannel[] _apps = [];
    private int _started;
    private int _turn;

    public JobEngine(string appId, IStateStore store, TimeProvider time, ILoggerFactory loggers)
    {
        _appId = appId;
        _store = store;
        _time = time;
        _logger = loggers.CreateLogger("Sidecar.Jobs");
        _timers = new TimerQueue(time);
        _prefix = $"jobs||{appId}||";
    }

    /// <summary>Reads what an earlier run left; further calls do nothing.</summary>
    public void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            _ = RecoverAsync();
        }
    }

    /// <summary>Adds the way to one more instance of the app.</summary>
    public void Attach(IAppChannel app, SidecarMetrics metrics)
    {
        lock (_gates)
        {
            _apps = [.. _apps, app];
            _metrics[app] = metrics;
        }

        app.HealthChanged += OnHealthChanged;
        OnHealthChanged(app.IsHealthy);
    }

    /// <summary>Takes the way to a stopping instance away.</summary>
    public void Detach(IAppChannel app)
    {
        app.HealthChanged -= OnHealthChanged;
        lock (_gates)
        {
            _apps = [.. _apps.Where(other => other != app)];
            _metrics.Remove(app, out _);
        }
    }

    /// <summary>Saves a job. False when the name is taken and <paramref name="overwrite"/> is not set.</summary>
    /// <exception cref="FormatException">Its times cannot be read.</exception>
    public async Task<bool> ScheduleAsync(Job job, bool overwrite, CancellationToken cancellationToken)
    {
        await _ready.Task.WaitAsync(cancellationToken);
        var live = new LiveJob(StoredJob.Create(job, _time.GetUtcNow()));
        using (await LockAsync(job.Name, cancellationToken))
        {
            if (!overwrite && _jobs.ContainsKey(job.Name))
            {
                return false;
            }

            await _store.ExecuteAsync(new SetState(KeyOf(job.Name), live.Stored.ToBytes()), cancellationToken);
            _jobs[job.Name] = live;
        }

        Arm(live, live.Stored.NextAt);
        return true;
    }

    /// <summary>A job by name, or null.</summary>
    public async Task<Job?> GetAsync(string name, CancellationToken cancellationToken)
    {
        await _ready.Task.WaitAsync(cancellationToken);
        return _jobs.TryGetValue(name, out var live) ? live.Stored.Job : null;
    }

    /// <summary>All jobs by name.</summary>
    public async Task<IReadOnlyList<Job>> ListAsync(CancellationToken cancellationToken)
    {
        await _ready.Task.WaitAsync(cancellationToken);
        return [.. _jobs.Values.Select(live => live.Stored.Job).OrderBy(job => job.Name, StringComparer.Ordinal)];
    }

    /// <summary>Deletes a job; a missing one is no error.</summary>
    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        await _ready.Task.WaitAsync(cancellationToken);
        using (await LockAsync(name, cancellationToken))
        {
            await _store.ExecuteAsync(new DeleteState(KeyOf(name)), cancellationToken);
            _jobs.TryRemove(name, out _);
        }
    }

    /// <summary>Deletes every job whose name starts with the prefix; an empty one deletes all.</summary>
    public async Task DeleteByPrefixAsync(string prefix, CancellationToken cancellationToken)
    {
        await _ready.Task.WaitAsync(cancellationToken);
        foreach (var name in _jobs.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            await DeleteAsync(name, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _timers.Dispose();
        _ready.TrySetCanceled();
    }

    private string KeyOf(string name) => _prefix + name;

    private void Arm(LiveJob live, DateTimeOffset at) => _timers.Schedule(at, () => Trigger(live));

    /// <summary>Starts a trigger unless the job was replaced or deleted, or waits for an app.</summary>
    private void Trigger(LiveJob live)
    {
        if (!IsCurrent(live) || _stopping.IsCancellationRequested)
        {
            return;
        }

        if (FindApp() is not { } app)
        {
            _waitingForApp[live] = 0;
            // The app may have come between the look and the note.
            OnHealthChanged(FindApp() is not null);
            return;
        }

        _ = TriggerAsync(live, app);
    }

    private async Task TriggerAsync(LiveJob live, IAppChannel app)
    {
        try
        {
            var (result, problem) = await JobDelivery.SendAsync(app, live.Stored.Job, _stopping.Token);
            Count(app, result);
            var policy = live.Stored.Job.FailurePolicy;
            var interval = policy?.Constant?.Interval?.ToTimeSpan() ?? DefaultRetryInterval;
            if (result == TriggerResult.NoApp)
            {
                // Nobody was asked, so this is no failure of the job: it waits for its app.
                _logger.Retrying(live.Stored.Job.Name, _appId, problem, DefaultRetryInterval);
                Arm(live, _time.GetUtcNow() + DefaultRetryInterval);
                return;
            }

            if (result == TriggerResult.Failed && policy?.Drop is null)
            {
                var retries = policy?.Constant is { } constant ? (constant.HasMaxRetries ? constant.MaxRetries : uint.MaxValue) : DefaultRetries;
                if (live.Failures++ < retries)
                {
                    _logger.Retrying(live.Stored.Job.Name, _appId, problem, interval);
                    Arm(live, _time.GetUtcNow() + interval);
                    return;
                }
            }

            if (result == TriggerResult.Failed)
            {
                _logger.GivenUp(live.Stored.Job.Name, _appId, problem);
            }

            await AdvanceAsync(live);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // It is still in the store, due, and triggers after the next start.
        }
    }

    private void Count(IAppChannel app, TriggerResult result)
    {
        if (result != TriggerResult.NoApp && _metrics.TryGetValue(app, out var metrics))
        {
            (result == TriggerResult.Done ? metrics.JobSuccesses : metrics.JobFailures).Increment("job_triggered_op");
        }
    }

    /// <summary>Notes a trigger: the next one is armed, or the job is over.</summary>
    private async Task AdvanceAsync(LiveJob live)
    {
        var name = live.Stored.Job.Name;
        using (await LockAsync(name, _stopping.Token))
        {
            if (!IsCurrent(live))
            {
                return;
            }

            live.Failures = 0;
            var next = live.Stored.AfterTrigger(_time.GetUtcNow());
            try
            {
                await _store.ExecuteAsync(next is null ? new DeleteState(KeyOf(name)) : new SetState(KeyOf(name), next.ToBytes()), _stopping.Token);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                _logger.SaveFailed(error, name, _appId);
            }

            if (next is null)
            {
                _jobs.TryRemove(name, out _);
                return;
            }

            live.Stored = next;
        }

        Arm(live, live.Stored.NextAt);
    }

    private bool IsCurrent(LiveJob live) => _jobs.TryGetValue(live.Stored.Job.Name, out var current) && current == live;

    private IAppChannel? FindApp()
    {
        var apps = _apps;
        for (var i = 0; i < apps.Length; i++)
        {
            var app = apps[(int)((uint)Interlocked.Increment(ref _turn) % (uint)apps.Length)];
            if (app is { IsConfigured: true, IsHealthy: true })
            {
                return app;
            }
        }

        return Array.Find(apps, app => app is { IsConfigured: true, IsHealthy: true });
    }

    private void OnHealthChanged(bool isHealthy)
    {
        if (!isHealthy)
        {
            return;
        }

        foreach (var live in _waitingForApp.Keys)
        {
            if (_waitingForApp.TryRemove(live, out _))
            {
                Trigger(live);
            }
        }
    }

    private async Task RecoverAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var overdue = 0;
                await foreach (var stored in ReadAllAsync())
                {
                    var live = new LiveJob(stored);
                    _jobs[stored.Job.Name] = live;
                    overdue += stored.NextAt <= _time.GetUtcNow() ? 1 : 0;
                    Arm(live, stored.NextAt);
                }

                if (!_jobs.IsEmpty)
                {
                    var count = _jobs.Count;
                    _logger.Recovered(_appId, count, overdue);
                }

                _ready.TrySetResult();
                return;
            }
            catch (Exception error) when (!_stopping.IsCancellationRequested)
            {
                _logger.RecoveryFailed(error, _appId, StoreRetry);
                await Task.Delay(StoreRetry, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async IAsyncEnumerable<StoredJob> ReadAllAsync()
    {
        string? token = null;
        do
        {
            var page = await _store.ListKeysAsync(_prefix, token, PageSize, _stopping.Token);
            foreach (var item in await _store.GetManyAsync(page.Keys, _stopping.Token))
            {
                if (item is not null && Read(item) is { } stored && !(stored.ExpiresAt < stored.NextAt))
                {
                    yield return stored;
                }
            }

            token = page.ContinuationToken;
        }
        while (token is not null);
    }

    private StoredJob? Read(StateItem item)
    {
        try
        {
            return StoredJob.Parse(item.Value.Span);
        }
        catch (Exception error) when (error is JsonException or InvalidProtocolBufferException or FormatException)
        {
            _logger.Corrupt(error, item.Key);
            return null;
        }
    }

    private async Task<IDisposable> LockAsync(string name, CancellationToken cancellationToken)
    {
        var gate = _gates[(uint)string.GetHashCode(name, StringComparison.Ordinal) % (uint)_gates.Length];
        await gate.WaitAsync(cancellationToken);
        return new GateHold(gate);
    }

    private sealed class GateHold(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }

    /// <summary>A job in memory. Another object under its name means that this one is off.</summary>
    private sealed class LiveJob(StoredJob stored)
    {
        public StoredJob Stored { get; set; } = stored;

        public uint Failures { get; set; }
    }
}
