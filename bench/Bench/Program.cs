using Bench;
using Bench.Actors;
using Bench.Brokers;
using Bench.Invocation;
using Bench.JavaScript;
using Bench.Outbox;
using Bench.Platform;
using Bench.Processes;
using Bench.PubSub;
using Bench.State;
using Bench.Workflows;

if (await Roles.TryRunAsync(args))
    return 0;

// Every scenario prints its own baseline: read the ratios, since the speed of a machine drifts between runs.
Scenario[] scenarios =
[
    new("invocation", "a call through two sidecars against a direct call", InvocationThroughSidecars.RunAsync),
    new("actors", "calls of one actor and over 1,000 against a direct call; memory of idle actors", ActorCalls.RunAsync),
    new("pubsub", "publish to handler on the embedded broker against a direct call", PublishToHandler.RunAsync),
    new("outbox", "our outbox and Dapr's: delay, rate, order and repeats of the same events", OutboxesCompared.RunAsync),
    new("brokers", "every broker on a private server; writes the table of docs/brokers.md", BrokerComparison.RunAsync) { ByNameOnly = true },
    new("workflow", "five activities in sequence, on SQLite against in memory", FiveActivities.RunAsync),
    new("recovery", "10,000 live workflows on SQLite after kill -9, against the start of an empty host", Recovery.RunAsync),
    new("state", "state on SQLite against the bare driver with the same durability", StateOnSqlite.RunAsync),
    new("postgresql", "state on a private PostgreSQL against Npgsql itself, every commit flushed", StateOnPostgreSql.RunAsync),
    new("start", "a sidecar inside a test process, ready in how many ms", SidecarStart.RunAsync),
    new("memory", "what one more sidecar adds to its host", SidecarMemory.RunAsync),
    new("js", "every building block through the official JavaScript SDK; build platform.slnf first", JavaScriptSdk.RunAsync) { ByNameOnly = true },
    new("platform", "every service and 800 orders in both styles; build platform.slnf first", WholePlatform.RunAsync),
    new("durability", "orders per second with and without flushes to the disk, in turn", CostOfDurability.RunAsync) { ByNameOnly = true },
    new("resume", "the host killed with 1,000 orders under way, and the way back", RecoveryAfterKill.RunAsync) { ByNameOnly = true },
];

var wanted = args.Where(arg => !arg.StartsWith('-')).ToList();
if (args.Any(arg => arg is "--help" or "-h") || wanted.Except(scenarios.Select(scenario => scenario.Name)).Any())
{
    Console.WriteLine("dotnet run -c Release --project bench/Bench -- [--seconds=N] [SCENARIO …]     (default: all but brokers, js, durability and resume, 3 s for each figure)");
    Console.WriteLine("--only=redis,kafka measures these brokers");
    foreach (var scenario in scenarios)
        Console.WriteLine($"  {scenario.Name,-12} {scenario.Description}");
    return args.Any(arg => arg is "--help" or "-h") ? 0 : 2;
}

var seconds = args.FirstOrDefault(arg => arg.StartsWith("--seconds=", StringComparison.Ordinal)) is { } given ? double.Parse(given[10..], null) : 3;
var only = args.FirstOrDefault(arg => arg.StartsWith("--only=", StringComparison.Ordinal))?[7..].Split(',') ?? [];
foreach (var scenario in scenarios.Where(scenario => wanted.Count == 0 ? !scenario.ByNameOnly : wanted.Contains(scenario.Name)))
{
    Console.WriteLine($"\n{scenario.Name}: {scenario.Description}");
    await scenario.RunAsync(new Report(TimeSpan.FromSeconds(seconds), only));
}

return 0;
