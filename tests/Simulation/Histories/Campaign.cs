using System.Collections.Concurrent;

namespace Simulation.Histories;

/// <summary>Many histories side by side, each of its own seed.</summary>
/// <param name="Histories">How many were played.</param>
/// <param name="Orders">How many orders were in them.</param>
/// <param name="Faults">How many faults struck.</param>
/// <param name="Steps">How much happened.</param>
/// <param name="Failing">Seeds for which a property did not hold.</param>
internal sealed record Campaign(long Histories, long Orders, long Faults, long Steps, IReadOnlyCollection<ulong> Failing)
{
    /// <param name="from">The first seed.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="threads">How many at once.</param>
    /// <param name="goesOn">Asked before each.</param>
    public static Campaign Run(ulong from, long most, int threads, Func<bool> goesOn)
    {
        var (next, histories, orders, faults, steps) = (0L, 0L, 0L, 0L, 0L);
        var failing = new ConcurrentBag<ulong>();
        var players = Enumerable.Range(0, threads).Select(_ => new Thread(Play)).ToList();
        players.ForEach(player => player.Start());
        players.ForEach(player => player.Join());
        return new Campaign(histories, orders, faults, steps, failing);

        void Play()
        {
            for (var number = Interlocked.Increment(ref next) - 1; number < most && goesOn(); number = Interlocked.Increment(ref next) - 1)
            {
                var plan = Plan.Of(from + (ulong)number);
                var outcome = History.Play(plan);
                Interlocked.Increment(ref histories);
                Interlocked.Add(ref orders, plan.Orders.Count);
                Interlocked.Add(ref faults, outcome.Struck.Count);
                Interlocked.Add(ref steps, outcome.Steps);
                if (outcome.Violation is not null)
                {
                    failing.Add(plan.Seed);
                }
            }
        }
    }
}
