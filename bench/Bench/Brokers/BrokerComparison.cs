using Bench.Processes;
using Sidecar.Servers;
using Sidecar.Testing;

namespace Bench.Brokers;

/// <summary>The same measurements on every broker that this machine can start; the table goes into docs/brokers.md, after each broker what is known by then. Brokers asked for by name are only printed.</summary>
internal static class BrokerComparison
{
    private static readonly string[] s_brokers = ["embedded", "redis", "rabbitmq", "nats", "kafka"];

    public static async Task RunAsync(Report report)
    {
        var named = report.Only;
        if (named.Except(s_brokers).FirstOrDefault() is { } unknown)
            throw new ArgumentException($"there is no broker '{unknown}'; there are {string.Join(", ", s_brokers)}");
        var root = FindRoot();
        var facts = new List<BrokerFacts>();
        var missing = new List<string>();
        foreach (var name in named.Count > 0 ? named : s_brokers)
        {
            if (PrivateServers.Names.Contains(name) && PrivateServers.Missing(name) is { } reason)
            {
                Console.WriteLine($"  {name,-10} not measured: {reason}");
                missing.Add($"{name}: {reason}");
                continue;
            }

            facts.Add(await MeasureAsync(name, Path.Combine(root, "components", "pubsub", name), report.Duration));
            if (named.Count == 0)
                await BrokerTable.WriteAsync(Path.Combine(root, "docs", "brokers.md"), facts, missing);
        }

        Console.WriteLine(named.Count == 0 ? "  written: docs/brokers.md" : "  not written to docs/brokers.md: that takes all of them");
    }

    private static async Task<BrokerFacts> MeasureAsync(string name, string folder, TimeSpan duration)
    {
        Console.WriteLine($"  {name}");
        await using var broker = await PrivateBroker.StartAsync(folder, [.. BrokerSpeed.Topics, OrderedSpeed.Topic, .. BrokerBehaviour.Topics, .. BareClients.Topics]);
        var (speed, behaviour) = (new BrokerSpeed(broker, duration), new BrokerBehaviour(broker));
        var facts = new BrokerFacts
        {
            Name = name,
            Server = name == "kafka" ? "librdkafka's mock cluster" : name,
            OneByOne = await SayAsync("one by one, events/s", speed.OneByOneAsync()),
            Bulk = await SayAsync("in bulks of 100, events/s", speed.BulkAsync()),
            BareClient = await SayAsync("the client library alone, events/s", BareClients.PerSecondAsync(name, broker.Server, duration)),
            Ordered = await SayAsync("in bulks of 100, order per key checked", new OrderedSpeed(broker, duration).RateAsync(name)),
            Latency = await SayAsync("at 500/s, p50 and p99 in ms", speed.LatencyAsync(500)),
            Order = (await SayAsync("out of order, one instance", behaviour.OrderAsync(1)), await SayAsync("out of order, two instances", behaviour.OrderAsync(2))),
            AfterCrash = await SayAsync("after a crash of the subscriber", behaviour.AfterCrashAsync()),
            Poison = await SayAsync("a poison message", behaviour.PoisonAsync()),
            TimeToLive = await SayAsync("time to live kept by the", behaviour.TimeToLiveAsync()),
            OverRestart = await SayAsync("over a restart of the broker: lost, twice, of", behaviour.OverRestartAsync()),
            Megabytes = null,
        };
        return facts with { Megabytes = broker.Server?.ProcessId is { } pid ? ProcessTree.ResidentMegabytes(pid) : null };
    }

    private static async Task<T> SayAsync<T>(string what, Task<T> measurement)
    {
        var value = await measurement;
        Console.WriteLine($"    {what,-46} {value}");
        return value;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Dapr.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("run this from a checkout of the repository: there is no Dapr.sln above the program");
    }
}
