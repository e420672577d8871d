using System.CommandLine;

namespace Demo.Verifying;

/// <summary>The command line of <c>./run verify</c>.</summary>
public static class VerifyCommand
{
    /// <summary>Makes the command; <paramref name="run"/> gets what was asked for and says the exit code.</summary>
    public static Command Create(Func<VerifyOptions, CancellationToken, Task<int>> run)
    {
        var defaults = new VerifyOptions();
        var dataDir = new Option<string?>("--data-dir") { Description = "Data of the run that is meant (default: the one that runs, else the one that ran last)", HelpName = "DIR" };
        var broker = new Option<string?>("--broker") { Description = "Of a stopped run: folder under components/pubsub (default: what its demo used, else embedded)", HelpName = "NAME" };
        var store = new Option<string?>("--store") { Description = "Of a stopped run: folder under components/state (default: what its demo used, else sqlite)", HelpName = "NAME" };
        var patience = new Option<double>("--patience") { Description = "Seconds in which orders under way may still end", DefaultValueFactory = _ => defaults.Patience.TotalSeconds, HelpName = "S" };
        var json = new Option<bool>("--json") { Description = "One line of JSON" };
        var command = new Command("verify",
            """
            Checks the invariants through public APIs: stock adds up, Payments and Shipping agree with the provider's and the carrier's own books, no order is in between.

            Asks the platform that runs here. When none does, it starts the platform on the data that the last run kept, on free ports, checks, and stops it. Exit code 0: everything holds.
            """)
        {
            dataDir, broker, store, patience, json,
        };
        command.SetAction((given, cancellationToken) => run(
            new VerifyOptions
            {
                DataDirectory = given.GetValue(dataDir),
                Broker = given.GetValue(broker),
                Store = given.GetValue(store),
                Patience = TimeSpan.FromSeconds(given.GetValue(patience)),
                Json = given.GetValue(json),
            },
            cancellationToken));
        return command;
    }
}
