using System.Diagnostics;
using System.Globalization;
using Simulation.Histories;
using Simulation.Programs;

namespace Simulation;

/// <summary>The simulation as a program: for so many minutes or histories, or one seed as a story.</summary>
internal static class Command
{
    private const string Usage = """
        dotnet run -c Release --project tests/Simulation -- [options]

          --minutes M      how long (default 1)
          --histories N    how many, instead of a time
          --from N         the first seed (default: a random one, which is printed)
          --threads N      how many histories at once (default: one for each processor)
          --seed N         plays one history; if it fails, makes it as short as it gets and tells it
          --story          with --seed: tells it as it is, whether or not something is wrong
        """;

    public static int Run(string[] args)
    {
        var options = new Dictionary<string, string>();
        for (var at = 0; at < args.Length; at++)
        {
            var name = args[at];
            if (name is "--story")
            {
                options[name] = string.Empty;
            }
            else if (name is "--minutes" or "--histories" or "--from" or "--threads" or "--seed" && at + 1 < args.Length && double.TryParse(args[at + 1], CultureInfo.InvariantCulture, out var number) && number >= 0)
            {
                options[name] = args[++at];
            }
            else
            {
                Console.Error.WriteLine(name is "--help" or "-h" ? Usage : $"{name} is not an option, or its number is missing.\n{Usage}");
                return name is "--help" or "-h" ? 0 : 2;
            }
        }

        return options.TryGetValue("--seed", out var seed) ? Tell(ulong.Parse(seed, CultureInfo.InvariantCulture), options.ContainsKey("--story")) : PlayMany(options);
    }

    /// <summary>A failing seed, made short and told.</summary>
    public static string StoryOf(Plan plan, Outcome outcome) => string.Join(
        Environment.NewLine,
        [
            $"seed {plan.Seed}: {outcome.Violation?.Property ?? "all is well"}{(outcome.Violation is { } violation ? $" - {violation.What}" : string.Empty)}",
            .. plan.Orders.Select(Describe),
            .. outcome.Story.Select((line, number) => $"{number + 1,4}  {line}"),
            $"again: dotnet run -c Release --project tests/Simulation -- --seed {plan.Seed}",
        ]);

    private static string Describe(OrderPlan order) =>
        $"      {order.Name}: {order.Style}, {string.Join(" + ", order.Lines.Select(line => $"{line.Quantity} {line.Sku}"))}, pays by {order.PaymentMethod}, to {order.Postcode}";

    private static int Tell(ulong seed, bool always)
    {
        var plan = Plan.Of(seed);
        var outcome = History.Play(plan, tells: always);
        if (outcome.Violation is not null && !always)
        {
            (plan, outcome) = Shrinker.Shrink(plan);
        }

        Console.WriteLine(StoryOf(plan, outcome));
        return outcome.Violation is null ? 0 : 1;
    }

    private static int PlayMany(Dictionary<string, string> options)
    {
        var from = options.TryGetValue("--from", out var first) ? ulong.Parse(first, CultureInfo.InvariantCulture) : (ulong)Random.Shared.NextInt64(1_000_000_000);
        var threads = options.TryGetValue("--threads", out var count) ? int.Parse(count, CultureInfo.InvariantCulture) : Environment.ProcessorCount;
        var most = options.TryGetValue("--histories", out var histories) ? long.Parse(histories, CultureInfo.InvariantCulture) : long.MaxValue;
        var minutes = options.TryGetValue("--minutes", out var time) ? double.Parse(time, CultureInfo.InvariantCulture) : 1;
        var until = most < long.MaxValue ? TimeSpan.MaxValue : TimeSpan.FromMinutes(minutes);
        _ = Platform.Programs;
        Console.WriteLine($"seeds from {from}, {threads} at once");

        var clock = Stopwatch.StartNew();
        var campaign = Campaign.Run(from, most, threads, () => clock.Elapsed < until);
        var perMinute = campaign.Histories / clock.Elapsed.TotalMinutes;
        var processor = Process.GetCurrentProcess().TotalProcessorTime.TotalMilliseconds / Math.Max(1, campaign.Histories);
        foreach (var seed in campaign.Failing.Order().Take(3))
        {
            Tell(seed, always: false);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{campaign.Histories} histories of {campaign.Orders} orders with {campaign.Faults} faults in {clock.Elapsed.TotalSeconds:F0} s: {perMinute:F0} a minute, {processor:F1} ms of processor time each"));
        Console.WriteLine(campaign.Failing.Count == 0 ? "every property held" : $"failing seeds: {string.Join(' ', campaign.Failing.Order().Take(20))}");
        return campaign.Failing.Count == 0 ? 0 : 1;
    }
}
