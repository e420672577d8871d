using Sidecar.Runtime.Scheduling;

namespace Sidecar.Runtime.Actors;

/// <summary>One active actor: whose turn it is, when it was last used, its timers. It exists on one host, from its first call until it is deactivated.</summary>
internal sealed class Actor(ActorAddress address, HostedActorType type, ActorPlacement placement)
{
    private readonly ActorTurns _turns = new(type.Settings.IsReentrant, type.Settings.MaxStackDepth);
    private Dictionary<string, ActorTimer>? _timers;
    private Task? _deactivation;
    private long _idleAt = (type.Host.Time.GetUtcNow() + type.Settings.IdleTimeout).UtcTicks;

    public ActorAddress Address { get; } = address;

    public ActorHost Host => type.Host;

    public TimerQueue Clockwork => placement.Clockwork;

    /// <summary>Completes when it is deactivated; asked for once it takes no more calls.</summary>
    public Task Gone
    {
        get
        {
            lock (_turns)
                return _deactivation ?? Task.CompletedTask;
        }
    }

    private DateTimeOffset IdleAt => new(Volatile.Read(ref _idleAt), TimeSpan.Zero);

    /// <summary>Starts to watch for idleness.</summary>
    public void Start()
    {
        type.Count(1);
        Clockwork.Schedule(IdleAt, CheckIdle);
    }

    /// <summary>Makes one call in its turn; the caller disposes the answer.</summary>
    /// <exception cref="ActorClosedException">It is being deactivated: look for it again.</exception>
    /// <exception cref="ActorCallException">The call failed.</exception>
    public async Task<HttpResponseMessage> CallAsync(ActorCall call, CancellationToken cancellationToken)
    {
        var chain = type.Settings.IsReentrant ? call.Chain ?? Guid.NewGuid().ToString() : null;
        var turn = await _turns.EnterAsync(chain, cancellationToken);
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, type.Aborted.Token);
            return await Host.CallAsync(call, chain, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ActorCallException($"actor {Address} was deactivated before the call ended");
        }
        finally
        {
            Volatile.Write(ref _idleAt, (Host.Time.GetUtcNow() + type.Settings.IdleTimeout).UtcTicks);
            _turns.Leave(turn);
        }
    }

    /// <summary>Sets a timer, in place of one of the same name.</summary>
    public void SetTimer(ActorTimer timer)
    {
        lock (_turns)
            (_timers ??= new(StringComparer.Ordinal))[timer.Name] = timer;
        timer.Arm();
    }

    /// <summary>Takes a timer away; a missing one is no error.</summary>
    public void RemoveTimer(string name)
    {
        lock (_turns)
            _timers?.Remove(name);
    }

    /// <summary>True unless the timer was replaced or removed, or the actor deactivated.</summary>
    public bool Has(ActorTimer timer)
    {
        lock (_turns)
            return _timers is not null && _timers.TryGetValue(timer.Name, out var current) && current == timer;
    }

    /// <summary>Deactivates it: who waits is sent on, the call under way may finish within the time to drain.</summary>
    public Task DeactivateAsync(TimeSpan drain, CancellationToken abort)
    {
        lock (_turns)
            return _deactivation ??= Task.Run(() => EndAsync(drain, abort), CancellationToken.None);
    }

    private void CheckIdle()
    {
        lock (_turns)
        {
            if (_deactivation is not null)
                return;
            if (Host.Time.GetUtcNow() >= IdleAt && _turns.TryCloseIdle())
            {
                _deactivation = Task.Run(() => EndAsync(TimeSpan.Zero, CancellationToken.None));
                return;
            }
        }

        var now = Host.Time.GetUtcNow();
        Clockwork.Schedule(IdleAt > now ? IdleAt : now + type.Settings.IdleTimeout, CheckIdle);
    }

    private async Task EndAsync(TimeSpan drain, CancellationToken abort)
    {
        var emptied = _turns.CloseAsync();
        if (!emptied.IsCompleted)
        {
            await emptied.WaitAsync(drain, Host.Time, abort).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!emptied.IsCompleted)
                await type.Aborted.CancelAsync();
            await emptied;
        }

        lock (_turns)
            _timers = null;
        await Host.DeactivateAsync(Address);
        type.Count(-1);
        placement.Remove(this);
    }
}
