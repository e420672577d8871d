using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Jobs;

namespace Sidecar.Runtime.Actors;

/// <summary>What a client asks a timer to be.</summary>
/// <param name="DueTime">First tick: a duration or a point in time; empty for now.</param>
/// <param name="Period">Pause between ticks; empty for a single one.</param>
/// <param name="TimeToLive">When it ends: a duration from the first tick, or a point in time; empty for never.</param>
/// <param name="Callback">Method the SDK calls with it.</param>
/// <param name="Data">JSON the callback gets, or null.</param>
internal sealed record ActorTimerRequest(string DueTime, string Period, string TimeToLive, string Callback, byte[]? Data);

/// <summary>A timer of an active actor, in memory only: it is gone when the actor is deactivated. The next tick is set once the callback has ended.</summary>
internal sealed class ActorTimer
{
    private readonly Actor _actor;
    private readonly ActorPeriod? _period;
    private readonly DateTimeOffset? _expires;
    private readonly ActorCall _call;
    private readonly ILogger _logger;
    private DateTimeOffset _due;
    private int? _ticksLeft;

    /// <exception cref="FormatException">Its times cannot be read.</exception>
    public ActorTimer(Actor actor, string name, ActorTimerRequest request, ILogger logger)
    {
        _actor = actor;
        _logger = logger;
        Name = name;
        var now = actor.Host.Time.GetUtcNow();
        _due = request.DueTime.Length == 0 ? now : ActorTime.Parse("timer due time", request.DueTime, now);
        _period = ReadPeriod(request.Period);
        _ticksLeft = _period is null ? 1 : _period.Repeats;
        _expires = request.TimeToLive.Length == 0 ? null : ActorTime.Parse("timer TTL", request.TimeToLive, _due);
        if (_expires < _due || _expires < now)
            throw new FormatException($"timer {actor.Address.Type}||{actor.Address.Id}||{name} has already expired: dueTime: {_due:O} TTL: {request.TimeToLive}");
        _call = new ActorCall(actor.Address, "timer/" + name, ActorTickJson.Write(request.Data, request.Callback, request.DueTime, request.Period)) { ContentType = "application/json" };
    }

    public string Name { get; }

    /// <summary>Sets the next tick.</summary>
    public void Arm() => _actor.Clockwork.Schedule(_due, () => _ = TickAsync());

    private static ActorPeriod? ReadPeriod(string text)
    {
        try
        {
            var period = ActorPeriod.Parse(text);
            if (period?.Repeats == 0)
                throw new FormatException("has zero repetitions");
            return period is { IsEmpty: true } ? null : period;
        }
        catch (FormatException e)
        {
            throw new FormatException($"invalid timer period: parse error: {e.Message}", e);
        }
    }

    private async Task TickAsync()
    {
        if (!_actor.Has(this))
            return;
        var cancelled = false;
        try
        {
            using var response = await _actor.CallAsync(_call, CancellationToken.None);
            cancelled = ActorTickJson.IsCancelled(response);
        }
        catch (ActorClosedException)
        {
            // The actor has gone, and its timers with it.
            return;
        }
        catch (Exception e)
        {
            // A failed tick counts like any other: the timer goes on.
            _logger.TimerFailed(Name, _actor.Address, e.Message);
        }

        var now = _actor.Host.Time.GetUtcNow();
        if (_period is null || cancelled || --_ticksLeft <= 0)
        {
            RemoveIfCurrent();
            return;
        }

        // Ticks that a slow callback has missed are not made up for.
        _due = _period.After(_due) is var next && next > now ? next : now;
        if (_expires < _due)
            RemoveIfCurrent();
        else if (_actor.Has(this))
            Arm();
    }

    private void RemoveIfCurrent()
    {
        if (_actor.Has(this))
            _actor.RemoveTimer(Name);
    }
}
