using System.Collections.Concurrent;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Faults;

/// <summary>One passage of a fault point.</summary>
/// <param name="AppId">App whose sidecar is passed.</param>
/// <param name="Callee">App that is called; null where none is.</param>
/// <param name="Texts">Where the key is looked for.</param>
/// <param name="IsWork">False for what only looks: it is not recorded, and a key that is only looked at is quiet.</param>
internal readonly record struct Passage(string AppId, string? Callee, IEnumerable<string> Texts, bool IsWork = true);

/// <summary>
/// The fault points of one host: everything a service does towards the world passes its sidecar, and here each such passage has a name, can be recorded, and can be struck.
/// A host has them only when it was started with them; without, nothing of this folder is on any path.
/// </summary>
public sealed class FaultPoints(TimeProvider time)
{
    private static readonly TimeSpan s_longestHold = TimeSpan.FromSeconds(8);

    private readonly ConcurrentDictionary<string, Track> _tracks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Group> _groups = new(StringComparer.Ordinal);
    private readonly Lock _arming = new();
    private volatile WatchedKeys _watched = WatchedKeys.None;

    /// <summary>Kills an app by its app id; returns when it is gone.</summary>
    public Func<string, Task> KillApp { get; set; } = _ => Task.CompletedTask;

    /// <summary>Kills the host process.</summary>
    public Action KillHost { get; set; } = () => { };

    /// <summary>Watches keys and arms faults; what a key has passed before does not count.</summary>
    /// <exception cref="ArgumentException">A key is too short.</exception>
    public void Arm(IReadOnlyCollection<string> keys, IReadOnlyCollection<Fault> faults)
    {
        lock (_arming)
        {
            var watched = keys.Concat(faults.Select(fault => fault.Key)).Distinct().ToList();
            var all = _watched.With(watched);
            foreach (var key in watched)
                _tracks.GetOrAdd(key, _ => new Track());
            foreach (var fault in faults)
            {
                if (fault.Group is { } group)
                    _groups.GetOrAdd(group, _ => new Group());
                _tracks[fault.Key].Arm(fault);
            }

            _watched = all;
        }
    }

    /// <summary>Forgets every key and every fault; what is held goes on unharmed.</summary>
    public void Clear()
    {
        lock (_arming)
        {
            _watched = WatchedKeys.None;
            _tracks.Clear();
            foreach (var group in _groups.Values)
                Group.Release(group.Take(), struck: false);
            _groups.Clear();
        }
    }

    /// <summary>Where everything stands.</summary>
    /// <param name="withPassages">Includes the names of the points passed.</param>
    public FaultStandings Standings(bool withPassages)
    {
        var now = time.GetTimestamp();
        var tracks = _tracks.ToArray();
        return new FaultStandings(
            [.. tracks.Select(track => track.Value.Standing(track.Key, withPassages, at => time.GetElapsedTime(at, now).TotalMilliseconds))],
            [.. tracks.SelectMany(track => track.Value.Faults())]);
    }

    /// <summary>Kills whatever the passages held for a group are to kill, once each, and lets them go on. Who comes later waits for the next strike.</summary>
    /// <returns>Ids of the faults that struck.</returns>
    /// <exception cref="ArgumentException">Nothing is armed for the group.</exception>
    public async Task<IReadOnlyList<string>> StrikeAsync(string group)
    {
        if (!_groups.TryGetValue(group, out var waiting))
            throw new ArgumentException($"no fault is armed for the group '{group}'", nameof(group));
        var held = waiting.Take();
        if (held.Any(one => one.Fault.Kind == FaultKind.KillHost))
            KillHost();
        await Task.WhenAll(held.Select(one => one.Victim).Distinct().Select(KillApp));
        Group.Release(held, struck: true);
        return [.. held.Select(one => one.Fault.Id)];
    }

    /// <summary>
    /// Passes a point. A fault that only this place can carry out (<see cref="FaultKind.Twice"/>, <see cref="FaultKind.Late"/>) is answered.
    /// </summary>
    /// <exception cref="FaultException">The work is not to happen, or its answer is lost.</exception>
    /// <exception cref="ETagMismatchException">As the fault says.</exception>
    internal async ValueTask<Fault?> PassAsync(string point, Passage passage, CancellationToken cancellationToken)
    {
        if (_watched.TheOneIn(passage.Texts) is not { } key || !_tracks.TryGetValue(key, out var track) || track.Pass(point, passage.IsWork, time.GetTimestamp()) is not { } armed)
            return null;

        var fault = armed.Fault;
        switch (fault.Kind)
        {
            case FaultKind.Twice or FaultKind.Late:
                return fault;
            case FaultKind.Delay:
                await Task.Delay(TimeSpan.FromMilliseconds(fault.Milliseconds), time, cancellationToken);
                return null;
            case FaultKind.Conflict:
                throw new ETagMismatchException(key);
            case FaultKind.DiskFull:
                throw new FaultException($"fault point {point}: the disk is full; nothing was saved");
            case FaultKind.LoseAnswer:
                throw new FaultException($"fault point {point}: the answer is lost");
            case FaultKind.Fail:
                throw new FaultException($"fault point {point}: refused");
            default:
                if (await KillAsync(armed, passage) && !point.EndsWith("/after", StringComparison.Ordinal))
                    throw new FaultException($"fault point {point}: killed before it happened");
                return null;
        }
    }

    private async Task<bool> KillAsync(Armed armed, Passage passage)
    {
        var fault = armed.Fault;
        var victim = fault.Kind == FaultKind.KillCallee ? passage.Callee ?? passage.AppId : passage.AppId;
        if (fault.Group is { } name)
        {
            if (!_groups.TryGetValue(name, out var group))
                return false;
            var struck = await group.HoldAsync(armed, victim, s_longestHold, time);
            armed.IsHeld = false;
            if (!struck)
                Interlocked.Decrement(ref armed.Struck);
            return struck;
        }

        if (fault.Kind == FaultKind.KillHost)
            KillHost();
        else
            await KillApp(victim);
        return true;
    }

    private sealed class Armed(Fault fault)
    {
        public Fault Fault { get; } = fault;

        public int Struck;

        public volatile bool IsHeld;
    }

    /// <summary>What one key has passed, and what waits for it.</summary>
    private sealed class Track
    {
        private readonly Lock _lock = new();
        private readonly List<string> _passages = [];
        private readonly Dictionary<string, int> _counts = [];
        private readonly List<Armed> _faults = [];
        private long _lastAt;

        public void Arm(Fault fault)
        {
            lock (_lock)
                _faults.Add(new Armed(fault));
        }

        public Armed? Pass(string point, bool isWork, long at)
        {
            lock (_lock)
            {
                if (isWork)
                {
                    _passages.Add(point);
                    _lastAt = at;
                }

                var number = _counts[point] = _counts.GetValueOrDefault(point) + 1;
                var armed = _faults.Find(fault => fault.Fault.Point == point && number >= fault.Fault.Passage && fault.Struck < fault.Fault.Times);
                if (armed is not null)
                    Interlocked.Increment(ref armed.Struck);
                return armed;
            }
        }

        public KeyStanding Standing(string key, bool withPassages, Func<long, double> sinceMilliseconds)
        {
            lock (_lock)
                return new KeyStanding(key, withPassages ? [.. _passages] : null, _passages.Count, _passages.Count == 0 ? 0 : sinceMilliseconds(_lastAt));
        }

        public List<FaultStanding> Faults()
        {
            lock (_lock)
                return _faults.ConvertAll(armed => new FaultStanding(armed.Fault.Id, armed.Struck, armed.IsHeld));
        }
    }

    /// <summary>Passages that wait for a kill together.</summary>
    private sealed class Group
    {
        private readonly List<Held> _held = [];

        /// <returns>Whether it was struck; false when nobody struck for too long: the work goes on then as if nothing were.</returns>
        public async Task<bool> HoldAsync(Armed armed, string victim, TimeSpan longest, TimeProvider time)
        {
            var held = new Held(armed.Fault, victim);
            lock (_held)
            {
                _held.Add(held);
                armed.IsHeld = true;
            }

            try
            {
                return await held.Struck.WaitAsync(longest, time);
            }
            catch (TimeoutException)
            {
                lock (_held)
                {
                    if (_held.Remove(held))
                        return false;
                }

                return await held.Struck;
            }
        }

        /// <summary>Who is held now; whoever takes them lets them go.</summary>
        public IReadOnlyList<Held> Take()
        {
            lock (_held)
            {
                IReadOnlyList<Held> all = [.. _held];
                _held.Clear();
                return all;
            }
        }

        public static void Release(IReadOnlyList<Held> held, bool struck)
        {
            foreach (var one in held)
                one.Release(struck);
        }
    }

    /// <summary>A passage that waits for its kill.</summary>
    private sealed class Held(Fault fault, string victim)
    {
        private readonly TaskCompletionSource<bool> _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Fault Fault => fault;

        public string Victim => victim;

        public Task<bool> Struck => _released.Task;

        public void Release(bool struck) => _released.TrySetResult(struck);
    }
}
