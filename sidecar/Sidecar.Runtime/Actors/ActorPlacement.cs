using System.Collections.Concurrent;
using Sidecar.Runtime.Scheduling;

namespace Sidecar.Runtime.Actors;

/// <summary>
/// Which actor is where: the table that real Dapr keeps in its placement service, for all sidecars of one namespace in this process. An actor that is not
/// active goes to the host with the highest hash of host and id; an active one stays where it is until it is deactivated or its host leaves.
/// </summary>
internal sealed class ActorPlacement(TimeProvider time)
{
    /// <summary>A call to a type that nobody hosts waits for a host: five more looks, one second apart, as in Dapr.</summary>
    private const int Looks = 5;

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ActorAddress, Actor> _actors = new();
    private readonly Lock _gate = new();
    private volatile ActorHost[] _hosts = [];

    /// <summary>Raised when a host has come.</summary>
    public event Action? HostJoined;

    /// <summary>Runs what is due: idleness, timers, reminders.</summary>
    public TimerQueue Clockwork { get; } = new(time);

    /// <summary>True while somebody hosts the type.</summary>
    public bool IsHosted(string type) => Array.Exists(_hosts, host => host.Types.ContainsKey(type));

    /// <summary>Adds a host.</summary>
    public void Join(ActorHost host)
    {
        lock (_gate)
            _hosts = [.. _hosts, host];
        HostJoined?.Invoke();
    }

    /// <summary>Takes a host away and deactivates its actors; completes when the last one is.</summary>
    /// <param name="host">Who leaves.</param>
    /// <param name="abort">Cuts off the calls under way.</param>
    public async Task LeaveAsync(ActorHost host, CancellationToken abort)
    {
        lock (_gate)
            _hosts = [.. _hosts.Where(other => other != host)];
        host.Leave();
        var own = _actors.Values.Where(actor => actor.Host == host);
        await Parallel.ForEachAsync(
            own, new ParallelOptions { MaxDegreeOfParallelism = 32 },
            async (actor, _) => await actor.DeactivateAsync(host.Types[actor.Address.Type].Settings.DrainTimeout, abort));
    }

    /// <summary>The active actor, or null.</summary>
    public Actor? Find(ActorAddress address) => _actors.GetValueOrDefault(address);

    /// <summary>The actor, made active when it is not; null when nobody hosts its type.</summary>
    public Actor? FindOrPlace(ActorAddress address)
    {
        while (true)
        {
            if (_actors.TryGetValue(address, out var active))
                return active;
            if (Choose(address) is not { } host)
                return null;
            var actor = new Actor(address, host.Types[address.Type], this);
            if (!_actors.TryAdd(address, actor))
                continue;
            actor.Start();

            // The host may have left since it was chosen: then nobody else deactivates what it has just got.
            if (host.HasLeft)
                _ = actor.DeactivateAsync(TimeSpan.Zero, CancellationToken.None);
            return actor;
        }
    }

    /// <summary>Calls an actor wherever it is; the caller disposes the answer.</summary>
    /// <param name="call">The call.</param>
    /// <param name="waitForHost">Whether a type that nobody hosts is waited for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ActorCallException">The call failed, or nobody hosts the type.</exception>
    public async Task<HttpResponseMessage> CallAsync(ActorCall call, bool waitForHost, CancellationToken cancellationToken)
    {
        for (var looks = 0; ;)
        {
            if (FindOrPlace(call.Actor) is not { } actor)
            {
                if (!waitForHost || looks++ == Looks)
                    throw new ActorCallException($"failed to lookup actor: api error: code = FailedPrecondition desc = did not find address for actor '{call.Actor}'") { NeverArrived = true };
                await Task.Delay(LookInterval, time, cancellationToken);
                continue;
            }

            try
            {
                return await actor.CallAsync(call, cancellationToken);
            }
            catch (ActorClosedException)
            {
                await actor.Gone.WaitAsync(cancellationToken);
            }
        }
    }

    /// <summary>Forgets a deactivated actor.</summary>
    public void Remove(Actor actor) => _actors.TryRemove(KeyValuePair.Create(actor.Address, actor));

    private ActorHost? Choose(ActorAddress address)
    {
        ActorHost? best = null;
        var highest = 0UL;
        foreach (var host in _hosts)
        {
            if (!host.Types.ContainsKey(address.Type))
                continue;
            var weight = Weigh(host.Name, address.Id);
            if (best is null || weight > highest)
                (best, highest) = (host, weight);
        }

        return best;
    }

    /// <summary>FNV-1a of host and id, its bits mixed once more: ids that differ in the last character must not all prefer one host.</summary>
    private static ulong Weigh(string host, string id)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in host)
            hash = (hash ^ c) * 1099511628211UL;
        foreach (var c in id)
            hash = (hash ^ c) * 1099511628211UL;
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdUL;
        return hash ^ (hash >> 33);
    }
}
