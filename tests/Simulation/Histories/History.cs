using System.Text.Json;
using Catalog.Contracts;
using Inventory.Contracts;
using ServiceDefaults;
using Simulation.Faults;
using Simulation.Programs;
using Simulation.Seams;

namespace Simulation.Histories;

/// <summary>What became of a plan.</summary>
/// <param name="Violation">The property that did not hold; null when all is well.</param>
/// <param name="Struck">The faults that struck.</param>
/// <param name="Story">What happened, if it was told.</param>
/// <param name="Steps">How much happened.</param>
internal sealed record Outcome(Violation? Violation, IReadOnlyList<Struck> Struck, IReadOnlyList<string> Story, int Steps);

/// <summary>Plays one plan to its end and checks what must hold.</summary>
internal static class History
{
    /// <summary>Many times what the roughest history needs.</summary>
    private const int MostSteps = 20_000;

    private static readonly TimeSpan _inboxesForget = TimeSpan.FromHours(25);

    public static Outcome Play(Plan plan, Sabotage? sabotage = null, bool tells = false)
    {
        var world = new World(plan, sabotage ?? Sabotage.None, tells);
        var customers = plan.Orders.Select(order => new Customer(world, order)).ToList();
        Open(world, plan);
        world.Story?.Clear();
        customers.ForEach(customer => customer.Begin());
        Rest(world);
        if (world.Violation is null)
        {
            world.Chance.IsCalm = true;
            Properties.Check(world, customers);
        }

        if (world.Violation is null && plan.ReplaysAll)
        {
            Replay(world, customers);
        }

        return new Outcome(world.Violation, world.Chance.Struck, world.Story is null ? [] : Readable(world.Story, plan), world.Timeline.Steps);
    }

    /// <summary>Asks one replica and lets the world come to rest.</summary>
    public static Answer Ask(World world, string app, Request request)
    {
        Answer? answer = null;
        world.Timeline.After(TimeSpan.Zero, () => world.AnyReplica(app, 0)!.Serve(request, given => answer = given));
        Rest(world);
        return answer ?? new Answer(0, null, default);
    }

    private static void Open(World world, Plan plan)
    {
        world.Chance.IsCalm = true;
        Put(Platform.Catalog, "/products", Plan.Prices.Select(product => new Product(product.Key, product.Key, product.Value)));
        Put(Platform.Inventory, "/stock", plan.Stock.Select(product => new OpeningStock(product.Key, product.Value)));
        world.Chance.IsCalm = false;

        void Put<T>(string app, string path, IEnumerable<T> items)
        {
            var answer = Ask(world, app, new Request("PUT", path, JsonSerializer.SerializeToUtf8Bytes(items, WireJson.Options)));
            if (!answer.IsSuccess)
            {
                world.Violate("the shop opens", $"{app} answers {answer.Status} to {path}: {answer.Text}");
            }
        }
    }

    private static void Rest(World world)
    {
        try
        {
            if (world.Violation is null && !world.Timeline.RunToQuiet(MostSteps))
            {
                world.Violate("the world comes to rest", $"it is still busy after {MostSteps} steps");
            }
        }
        catch (InvalidOperationException exception)
        {
            world.Violate("a history can be repeated", exception.Message);
        }
    }

    /// <summary>The inboxes have forgotten everything; then every topic comes again from its first event.</summary>
    private static void Replay(World world, List<Customer> customers)
    {
        world.Timeline.After(_inboxesForget, () => { });
        Rest(world);
        if (world.Stores.SelectMany(store => store.Content).FirstOrDefault(entry => entry.Key.StartsWith("inbox-", StringComparison.Ordinal)) is { Key: { } kept })
        {
            world.Violate("inboxes forget", $"{kept} is still there a day later");
        }

        world.Tell($"25 hours later every topic comes again");
        var before = Snapshot(world);
        var facts = world.Facts.Count;
        world.Broker.Replay();
        Rest(world);
        if (world.Violation is not null)
        {
            return;
        }

        if (Snapshot(world).Except(before).FirstOrDefault() is { Length: > 0 } changed)
        {
            world.Violate("a replay changes nothing", changed);
        }
        else if (world.Facts.Count != facts)
        {
            world.Violate("a replay changes nothing", $"{world.Facts.Count - facts} facts were stated in it");
        }
        else
        {
            Properties.Check(world, customers);
        }
    }

    /// <summary>All documents but those that say how a service came to them.</summary>
    private static HashSet<string> Snapshot(World world) =>
    [
        .. world.Stores.SelectMany(store => store.Content)
            .Where(entry => !entry.Key.StartsWith("inbox-", StringComparison.Ordinal) && !entry.Key.StartsWith("outbox-", StringComparison.Ordinal) && !entry.Key.StartsWith("measurement-", StringComparison.Ordinal))
            .Select(entry => $"{entry.Key}: {entry.Value}"),
    ];

    private static List<string> Readable(List<string> story, Plan plan) =>
        story.ConvertAll(line => plan.Orders.Aggregate(line, (text, order) => text.Replace(order.Id, order.Name, StringComparison.Ordinal)));
}
