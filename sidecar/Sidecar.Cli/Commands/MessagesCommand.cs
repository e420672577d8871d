using System.CommandLine;
using System.Text.Json;
using Sidecar.Cli.Messages;
using Sidecar.Cli.Output;
using Sidecar.Components.EmbeddedPubSub;
using Sidecar.Processes;

namespace Sidecar.Cli.Commands;

/// <summary><c>sidecar messages</c>: what waits in the embedded broker, and its dead letters.</summary>
internal sealed class MessagesCommand
{
    private readonly HostDirectoryOptions _place = new();
    private readonly Option<string?> _brokerDirectory = new("--broker-dir") { Description = "The broker's own directory, when its component names one (path)", HelpName = "folder" };
    private readonly Option<string> _output = new("--output", "-o") { Description = "table or json", DefaultValueFactory = _ => "table" };

    private MessagesCommand() => _output.AcceptOnlyFromAmong("table", "json");

    public static Command Create()
    {
        var messages = new MessagesCommand();
        return new Command("messages",
            """
            What waits in the embedded broker of a run, and its dead letters. A running run is asked; of a stopped one the files are read.

            Other brokers are shown by their own tools; `sidecar messages pending` says which.
            """)
        {
            messages.Pending(), messages.Dead(), messages.Show(), messages.Replay(), messages.Discard(),
        };
    }

    private Command Pending() => Of("pending", "Messages that wait, by topic and consumer group: how many, how old, how many in flight", [], async (given, run, cancellation) =>
    {
        var view = await run.PendingAsync(cancellation);
        Write(given, JsonSerializer.Serialize(view, MessagesJson.Default.PendingView), MessageTables.Pending(view, DateTimeOffset.UtcNow));
        return 0;
    });

    private Command Dead()
    {
        var topic = new Option<string?>("--topic") { Description = "Only those that came from this topic, or lie on it" };
        return Of("dead", "Dead letters: what could not be handled, from where and why", [topic], async (given, run, cancellation) =>
        {
            var letters = Of(await run.DeadAsync(cancellation), given.GetValue(topic));
            Write(given, JsonSerializer.Serialize(letters, MessagesJson.Default.IReadOnlyListLetterView), MessageTables.Dead(letters, DateTimeOffset.UtcNow));
            return 0;
        });
    }

    private Command Show()
    {
        var id = new Argument<string>("id") { Description = "As `sidecar messages dead` lists it" };
        return Of("show", "One dead letter with its CloudEvent", [id], async (given, run, cancellation) =>
        {
            if (await run.ShowAsync(given.GetValue(id)!, cancellation) is not { } letter)
            {
                given.InvocationConfiguration.Error.WriteLine($"there is no dead letter '{given.GetValue(id)}'; `sidecar messages dead` lists them");
                return 1;
            }

            Write(given, JsonSerializer.Serialize(letter, MessagesJson.Default.LetterDetail), MessageTables.Letter(letter));
            return 0;
        });
    }

    private Command Replay() => Settle("replay", "Replayed", "Deliver dead letters once more, each to the group that could not take it; of a stopped run with its next start", (run, id, cancellation) => run.ReplayAsync(id, cancellation));

    private Command Discard() => Settle("discard", "Discarded", "Forget dead letters", (run, id, cancellation) => run.DiscardAsync(id, cancellation));

    private Command Settle(string name, string done, string description, Func<IMessages, string, CancellationToken, Task<Settled>> settle)
    {
        var ids = new Argument<string[]>("id") { Description = "As `sidecar messages dead` lists them", Arity = ArgumentArity.ZeroOrMore };
        var all = new Option<bool>("--all") { Description = "All of them" };
        var topic = new Option<string?>("--topic") { Description = "With --all: only those that came from this topic, or lie on it" };
        return Of(name, description, [ids, all, topic], async (given, run, cancellation) =>
        {
            string[] wanted = given.GetValue(all) ? [.. Of(await run.DeadAsync(cancellation), given.GetValue(topic)).Select(letter => letter.Id)] : given.GetValue(ids) ?? [];
            if (wanted.Length == 0 && !given.GetValue(all))
            {
                given.InvocationConfiguration.Error.WriteLine($"which? `sidecar messages {name} ID ...` or --all; `sidecar messages dead` lists them");
                return 2;
            }

            var settled = new List<Settled>();
            foreach (var id in wanted)
                settled.Add(await settle(run, id, cancellation));
            Write(
                given, JsonSerializer.Serialize(settled, MessagesJson.Default.IReadOnlyListSettled),
                [.. settled.Where(one => one.Done).Select(one => $"{done} {one.Id}"), .. wanted.Length == 0 ? (string[])["No dead letters."] : []]);
            foreach (var failed in settled.Where(one => !one.Done))
                given.InvocationConfiguration.Error.WriteLine(failed.Problem);
            return settled.TrueForAll(one => one.Done) ? 0 : 1;
        });
    }

    private Command Of(string name, string description, IReadOnlyList<Symbol> symbols, Func<ParseResult, IMessages, CancellationToken, Task<int>> action)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Option option)
                command.Options.Add(option);
            else
                command.Arguments.Add((Argument)symbol);
        }

        _place.AddTo(command);
        command.Options.Add(_brokerDirectory);
        command.Options.Add(_output);
        command.SetAction(async (given, cancellation) =>
        {
            try
            {
                await using var run = await OpenAsync(given);
                return await action(given, run, cancellation);
            }
            catch (Exception error) when (error is IOException or HttpRequestException or InvalidDataException or UnauthorizedAccessException)
            {
                given.InvocationConfiguration.Error.WriteLine(error.Message);
                return 1;
            }
        });
        return command;
    }

    private async Task<IMessages> OpenAsync(ParseResult given)
    {
        var directory = _place.Directory(given);
        if (new RunRecords(directory).RunningHost is { Control.Length: > 0 } host)
            return new RemoteMessages(host);
        var brokers = Brokers(directory, given.GetValue(_brokerDirectory));
        if (brokers.Count > 0)
            return await BrokerMessages.OpenAsync(brokers);
        throw new IOException(
            $"nothing runs from {directory}, and no embedded broker has left its log there; -f <dapr.yaml>, --data-dir or --broker-dir says which run is meant. Messages of other brokers are shown by their own tools:\n  "
            + string.Join("\n  ", BrokerTools.All));
    }

    private static List<string> Brokers(string directory, string? named)
    {
        if (named is not null)
            return [.. new[] { Path.GetFullPath(named) }.Where(folder => Directory.Exists(folder) && EmbeddedBroker.IsIn(folder))];
        return Directory.Exists(directory) ? [.. Directory.EnumerateDirectories(directory).Where(EmbeddedBroker.IsIn).Order(StringComparer.Ordinal)] : [];
    }

    private static IReadOnlyList<LetterView> Of(IReadOnlyList<LetterView> letters, string? topic) =>
        topic is null ? letters : [.. letters.Where(letter => letter.Topic == topic || letter.Id.StartsWith(topic + "/", StringComparison.Ordinal))];

    private void Write(ParseResult given, string json, IEnumerable<string> lines)
    {
        var writer = given.InvocationConfiguration.Output;
        if (given.GetValue(_output) == "json")
            writer.WriteLine(json);
        else
            foreach (var line in lines)
                writer.WriteLine(line);
    }
}
