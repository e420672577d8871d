using System.Collections.Concurrent;

namespace PaymentProvider;

/// <summary>The named ways in which the provider can fail; see the README beside this project.</summary>
public sealed class Switches(TimeProvider clock)
{
    public const string Declined = "card-declined";
    public const string CaptureFails = "card-capture-fails";
    public const string Slow = "card-slow";
    public const string Flaky = "card-flaky";

    private static readonly TimeSpan _slowness = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, bool> _refusedOnce = new();
    private long _outageEnds = DateTimeOffset.MinValue.UtcTicks;

    /// <summary>Nobody is answered until then.</summary>
    public void BeginOutage(TimeSpan? duration) =>
        Interlocked.Exchange(ref _outageEnds, (duration is { } time ? clock.GetUtcNow() + time : DateTimeOffset.MaxValue).UtcTicks);

    public void EndOutage() => Interlocked.Exchange(ref _outageEnds, DateTimeOffset.MinValue.UtcTicks);

    /// <summary>Whether a request is answered, after the time that takes.</summary>
    /// <param name="request">What is the same when the request is repeated.</param>
    /// <param name="token">The value that carries the switch.</param>
    public async Task<bool> IsUpAsync(string request, string token)
    {
        if (clock.GetUtcNow().UtcTicks < Interlocked.Read(ref _outageEnds))
        {
            return false;
        }

        if (token == Slow)
        {
            await Task.Delay(_slowness, clock);
        }

        return token != Flaky || !_refusedOnce.TryAdd(request, true);
    }
}

/// <summary>An outage of the whole simulator, from outside.</summary>
public static class SwitchesApi
{
    public static void MapSwitchesApi(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/switches/outage", (double? seconds, Switches switches) => switches.BeginOutage(seconds is { } time ? TimeSpan.FromSeconds(time) : null));
        routes.MapDelete("/switches/outage", (Switches switches) => switches.EndOutage());
    }
}
