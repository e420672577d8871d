using System.CommandLine;
using Ordering.Contracts;

namespace Demo;

/// <summary>The command line of <c>./run demo</c>.</summary>
public static class DemoCommand
{
    /// <summary>Makes the command; <paramref name="run"/> gets what was asked for and says the exit code.</summary>
    public static RootCommand Create(Func<DemoOptions, CancellationToken, Task<int>> run, Command? verify = null)
    {
        var defaults = new DemoOptions();
        var orders = new Option<int>("--orders") { Description = "Orders in all, half of them in each style", DefaultValueFactory = _ => defaults.Orders, HelpName = "N" };
        var style = new Option<string>("--style") { Description = "How orders are coordinated", DefaultValueFactory = _ => "both" };
        style.AcceptOnlyFromAmong("both", "orchestrated", "choreographed");
        var gateway = new Option<string?>("--gateway") { Description = "Address of a platform that runs already, anywhere: start none, order there, and let every surprise be a failure", HelpName = "URL" };
        var broker = new Option<string>("--broker") { Description = "Folder under components/pubsub", DefaultValueFactory = _ => defaults.Broker, HelpName = "NAME" };
        var store = new Option<string>("--store") { Description = "Folder under components/state", DefaultValueFactory = _ => defaults.Store, HelpName = "NAME" };
        var startServers = new Option<bool>("--start-servers") { Description = "Start a private broker and database for this run, from installed programs" };
        var replicas = new Option<int>("--replicas") { Description = "Instances of every service", DefaultValueFactory = _ => defaults.Replicas, HelpName = "N" };
        var seed = new Option<int>("--seed") { Description = "Decides which order meets which fate", DefaultValueFactory = _ => defaults.Seed, HelpName = "N" };
        var inFlight = new Option<int>("--in-flight") { Description = "Orders under way at the same time", DefaultValueFactory = _ => defaults.InFlight, HelpName = "N" };
        var dataDir = new Option<string?>("--data-dir") { Description = "Where the run keeps its data (default: .dapr/demo)", HelpName = "DIR" };
        var resume = new Option<bool>("--resume") { Description = "Go on where a killed run stopped" };
        var chaos = new Option<bool>("--chaos") { Description = "Kill three services and the whole host (SIGKILL) at random moments, and go on" };
        var json = new Option<bool>("--json") { Description = "The last line is one JSON object with the result" };
        foreach (var positive in new[] { orders, replicas, inFlight })
        {
            positive.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int>() < 1)
                    result.AddError($"{positive.Name} must be at least 1.");
            });
        }

        var command = new RootCommand("Starts the platform on the embedded sidecar, replays real orders through the Gateway and compares both styles of coordination.")
        {
            orders, style, gateway, broker, store, startServers, replicas, seed, inFlight, dataDir, resume, chaos, json,
        };
        gateway.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } given && !(Uri.TryCreate(given, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
                result.AddError($"--gateway is '{given}'; it must be an address such as https://orders.example.com.");
        });
        command.Validators.Add(result =>
        {
            var startsOne = ((Option[])[broker, store, replicas, startServers, chaos]).Where(option => result.GetResult(option) is { Implicit: false }).Select(option => option.Name).ToList();
            if (result.GetResult(gateway) is { Implicit: false } && startsOne.Count > 0)
                result.AddError($"--gateway means a platform that runs already; {string.Join(", ", startsOne)} would start one.");
        });
        if (verify is not null)
            command.Subcommands.Add(verify);
        command.SetAction((result, cancellationToken) => run(
            new DemoOptions
            {
                Orders = result.GetValue(orders),
                Styles = result.GetValue(style) switch
                {
                    "orchestrated" => [CoordinationStyle.Orchestrated],
                    "choreographed" => [CoordinationStyle.Choreographed],
                    _ => defaults.Styles,
                },
                Gateway = result.GetValue(gateway) is { } address ? new Uri(address) : null,
                Broker = result.GetValue(gateway) is null ? result.GetValue(broker)! : DemoOptions.AsDeployed,
                Store = result.GetValue(gateway) is null ? result.GetValue(store)! : DemoOptions.AsDeployed,
                StartServers = result.GetValue(startServers),
                Replicas = result.GetValue(replicas),
                Seed = result.GetValue(seed),
                InFlight = result.GetValue(inFlight),
                DataDirectory = result.GetValue(dataDir),
                Resume = result.GetValue(resume),
                Chaos = result.GetValue(chaos),
                Json = result.GetValue(json),
            },
            cancellationToken));
        return command;
    }
}
