using Simulation.Seams;

namespace Simulation.Histories;

/// <summary>Makes a failing plan smaller as long as the same property fails: fewer orders, fewer wishes, fewer lines, fewer faults, a steadier world.</summary>
internal static class Shrinker
{
    /// <summary>What all attempts together may take; a history that never comes to rest takes as much as hundreds of others.</summary>
    private const int MostSteps = 300_000;

    /// <returns>The smallest plan found, and its story.</returns>
    public static (Plan Plan, Outcome Outcome) Shrink(Plan plan, Sabotage? sabotage = null)
    {
        var property = History.Play(plan, sabotage).Violation?.Property ?? throw new ArgumentException("The plan does not fail.", nameof(plan));
        var attempts = new Attempts(property, sabotage);
        for (var smaller = true; smaller && attempts.StepsLeft > 0;)
        {
            smaller = false;
            foreach (var candidate in Smaller(plan).TakeWhile(_ => attempts.StepsLeft > 0))
            {
                if (attempts.Fails(candidate, out _))
                {
                    (plan, smaller) = (candidate, true);
                    break;
                }
            }

            smaller |= TryFewerFaults(ref plan, attempts);
        }

        return (plan, History.Play(plan, sabotage, tells: true));
    }

    private static IEnumerable<Plan> Smaller(Plan plan)
    {
        if (plan.Orders.Count > 1)
        {
            foreach (var order in plan.Orders)
            {
                yield return plan with { Orders = [.. plan.Orders.Where(other => other != order)] };
            }
        }

        if (plan.Weather.MostFaults > 0 && plan.Weather.FaultRate > 0)
        {
            yield return plan with { Weather = plan.Weather with { FaultRate = 0 } };
        }

        if (!plan.Weather.IsSteady)
        {
            yield return plan with { Weather = plan.Weather with { IsSteady = true } };
        }

        if (plan.ReplaysAll)
        {
            yield return plan with { ReplaysAll = false };
        }

        if (plan.Replicas > 1)
        {
            yield return plan with { Replicas = 1 };
        }

        if (!plan.BrokerKeepsOrder)
        {
            yield return plan with { BrokerKeepsOrder = true };
        }

        for (var number = 0; number < plan.Orders.Count; number++)
        {
            foreach (var order in Smaller(plan.Orders[number]))
            {
                yield return plan with { Orders = [.. plan.Orders.Take(number), order, .. plan.Orders.Skip(number + 1)] };
            }
        }
    }

    private static IEnumerable<OrderPlan> Smaller(OrderPlan order)
    {
        if (order.SubmitAgainAt is not null)
        {
            yield return order with { SubmitAgainAt = null };
        }

        if (order.ApproveAt is not null)
        {
            yield return order with { ApproveAt = null };
        }

        if (order.CancelAt is not null)
        {
            yield return order with { CancelAt = null };
        }

        if (order.Returns.Count > 0)
        {
            yield return order with { Returns = [.. order.Returns.Skip(1)] };
        }

        if (order.Lines.Count > 1)
        {
            yield return order with { Lines = [.. order.Lines.Skip(1)] };
            yield return order with { Lines = [.. order.Lines.SkipLast(1)] };
        }

        if (order.PaymentMethod != "card")
        {
            yield return order with { PaymentMethod = "card" };
        }

        if (order.Postcode != "N1 1AA")
        {
            yield return order with { Postcode = "N1 1AA" };
        }
    }

    /// <summary>Leaves out halves, then quarters, and so on down to single faults.</summary>
    private static bool TryFewerFaults(ref Plan plan, Attempts attempts)
    {
        var any = false;
        attempts.Fails(plan, out var struck);
        for (var size = Math.Max(1, struck.Count / 2); struck.Count > 0; size /= 2)
        {
            for (var at = 0; at < struck.Count && attempts.StepsLeft > 0;)
            {
                var without = plan with { Weather = plan.Weather with { LeftOut = plan.Weather.LeftOut.Concat(struck.Skip(at).Take(size)).ToHashSet() } };
                if (attempts.Fails(without, out var still) && still.Count < struck.Count)
                {
                    (plan, struck, any) = (without, still, true);
                }
                else
                {
                    at += size;
                }
            }

            if (size == 1)
            {
                break;
            }
        }

        return any;
    }

    /// <summary>Plays plans as long as there are steps left for it.</summary>
    private sealed class Attempts(string property, Sabotage? sabotage)
    {
        public int StepsLeft { get; private set; } = MostSteps;

        /// <summary>Whether the same property fails.</summary>
        public bool Fails(Plan plan, out List<ulong> struck)
        {
            var outcome = History.Play(plan, sabotage);
            StepsLeft -= outcome.Steps;
            struck = outcome.Struck.ToList().ConvertAll(fault => fault.Place);
            return outcome.Violation?.Property == property;
        }
    }
}
