using System.CommandLine;
using Sidecar.Components.JetStreamPubSub;

namespace Sidecar.Cli.Commands;

/// <summary><c>sidecar streams</c>.</summary>
internal static class StreamsCommand
{
    public static Command Create()
    {
        var url = new Option<string>("--url") { Description = "NATS server, with user and password if it wants them", HelpName = "nats://host:port", DefaultValueFactory = _ => "nats://localhost:4222" };
        var token = new Option<string?>("--token") { Description = "Token, if the server wants one" };
        var file = new Option<string?>("--file", "-f") { Description = $"List of topics (default: {StreamList.UsualFile}, unless --topic is given)", HelpName = "streams.json" };
        var topics = new Option<string[]>("--topic") { Description = "A topic; may be given several times" };
        var command = new Command("streams", "Make the JetStream streams that pubsub.jetstream needs, one for each topic; streams that are there stay as they are")
        {
            url, token, file, topics,
        };
        command.SetAction((given, cancellation) => EnsureAsync(given, given.GetValue(url)!, given.GetValue(token), given.GetValue(file), given.GetValue(topics) ?? [], cancellation));
        return command;
    }

    private static async Task<int> EnsureAsync(ParseResult given, string url, string? token, string? file, string[] topics, CancellationToken cancellationToken)
    {
        try
        {
            var list = file is not null || topics.Length == 0 ? StreamList.Read(file ?? StreamList.UsualFile) : null;
            var ensured = await StreamBootstrap.EnsureAsync(url, [.. list?.Topics ?? [], .. topics], list?.MaxAge, token, cancellationToken: cancellationToken);
            foreach (var (topic, stream, made) in ensured)
            {
                given.InvocationConfiguration.Output.WriteLine($"{(made ? "made   " : "present")} stream {stream} for topic {topic}");
            }

            return 0;
        }
        catch (Exception error) when (error is InvalidOperationException or InvalidDataException or FormatException)
        {
            given.InvocationConfiguration.Error.WriteLine(error is FormatException ? $"--url {error.Message}" : error.Message);
            return 1;
        }
    }
}
