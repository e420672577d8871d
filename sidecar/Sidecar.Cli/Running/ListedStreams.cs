using Sidecar.Cli.Output;
using Sidecar.Components.JetStreamPubSub;

namespace Sidecar.Cli.Running;

/// <summary>A new NATS server has no streams, and <c>pubsub.jetstream</c> makes none, as in Dapr: those that the repository lists are made before a run needs them.</summary>
internal static class ListedStreams
{
    /// <summary>Name of the server that needs them.</summary>
    public const string ServerName = "nats";

    /// <param name="address">Host and port of a NATS server that answers.</param>
    /// <param name="directory">Where the list is looked for, as <see cref="StreamList.UsualFile"/>; without one nothing is made.</param>
    /// <param name="console">Is told.</param>
    /// <param name="cancellationToken">Ends the wait for the server.</param>
    /// <exception cref="InvalidOperationException">The server refuses a stream.</exception>
    /// <exception cref="InvalidDataException">The list is no such list.</exception>
    public static async Task MakeAsync(string address, string directory, RunConsole console, CancellationToken cancellationToken)
    {
        var file = Path.GetFullPath(StreamList.UsualFile, directory);
        if (!File.Exists(file))
            return;
        var list = StreamList.Read(file);
        var ensured = await StreamBootstrap.EnsureAsync($"nats://{address}", list.Topics, list.MaxAge, cancellationToken: cancellationToken);
        if (ensured.Any(stream => stream.Made))
            console.Tell($"Made {ensured.Count(stream => stream.Made)} streams at nats://{address} for the topics of {StreamList.UsualFile}");
    }
}
