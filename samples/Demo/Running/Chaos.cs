namespace Demo.Running;

/// <summary>What is killed in a run, and when: three services and the host, each when a certain number of orders was accepted.</summary>
public sealed class Chaos
{
    private const int Services = 3;

    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(100);

    private readonly Random _random;
    private readonly Action<string> _tell;
    private readonly Queue<Strike> _strikes;

    /// <summary>Plans the kills of a run; they depend on nothing but its size and its seed.</summary>
    public Chaos(int orders, int seed, Action<string> tell)
    {
        _random = new Random(seed);
        _tell = tell;
        // Spread over the run, so that each kill finds orders under way and a platform that had time to come back from the last.
        var strikes = Enumerable.Range(0, Services + 1).Select(i => orders * (2 + (4 * i) + _random.Next(4)) / 20).ToArray();
        var host = _random.Next(strikes.Length);
        _strikes = new Queue<Strike>(strikes.Select((at, i) => new Strike(at, i == host)));
    }

    /// <summary>One kill.</summary>
    /// <param name="AfterOrders">Orders accepted by then.</param>
    /// <param name="IsHost">The host with everything, or one service.</param>
    public sealed record Strike(int AfterOrders, bool IsHost);

    /// <summary>Kills that are still to come.</summary>
    public IReadOnlyCollection<Strike> Planned => _strikes;

    /// <summary>The host is gone because of this; the run is to be resumed.</summary>
    public bool HasJustKilledHost { get; private set; }

    /// <summary>Kills what is due until the host is killed, everything is done, or the token says so.</summary>
    public async Task StrikeAsync(PlatformProcess platform, Func<int> accepted, CancellationToken cancellationToken)
    {
        HasJustKilledHost = false;
        using var timer = new PeriodicTimer(s_lookEvery);
        while (_strikes.TryPeek(out var next) && await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (accepted() < next.AfterOrders)
                continue;
            if (next.IsHost)
            {
                _strikes.Dequeue();
                HasJustKilledHost = true;
                _tell($"killed the host (process {platform.HostPid}) with {accepted()} orders accepted");
                platform.KillHost();
                return;
            }

            // While another is being started again there are fewer to choose from, and perhaps none.
            if (platform.Apps() is { Count: > 0 } apps && apps[_random.Next(apps.Count)] is var (appId, pid) && PlatformProcess.KillAtOnce(pid))
            {
                _strikes.Dequeue();
                _tell($"killed {appId} (process {pid}) with {accepted()} orders accepted");
            }
        }
    }
}
