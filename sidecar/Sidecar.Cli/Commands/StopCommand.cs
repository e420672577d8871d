using System.CommandLine;
using Sidecar.Processes;

namespace Sidecar.Cli.Commands;

/// <summary><c>sidecar stop</c>.</summary>
internal static class StopCommand
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    public static Command Create()
    {
        var place = new HostDirectoryOptions();
        var command = new Command("stop", "Stop the run of a folder (default: the current one): its apps and their sidecars, as Ctrl-C does");
        place.AddTo(command);
        command.SetAction((given, cancellation) => StopAsync(given, place.Directory(given), cancellation));
        return command;
    }

    private static async Task<int> StopAsync(ParseResult given, string directory, CancellationToken cancellationToken)
    {
        if (new RunRecords(directory).RunningHost is not { Process: { } host })
        {
            given.InvocationConfiguration.Error.WriteLine($"nothing runs from {directory}; `sidecar stop -f <dapr.yaml>` or `--data-dir <folder>` says which run is meant");
            return 1;
        }

        ProcessTree.Terminate(host.Id);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_patience);
        while (host.IsAlive && !patience.IsCancellationRequested)
        {
            await Task.Delay(s_pause, patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (host.IsAlive)
        {
            given.InvocationConfiguration.Error.WriteLine($"process {host.Id} has not stopped within {s_patience.TotalSeconds:0} s");
            return 1;
        }

        given.InvocationConfiguration.Output.WriteLine($"Stopped the run of process {host.Id}.");
        return 0;
    }
}
