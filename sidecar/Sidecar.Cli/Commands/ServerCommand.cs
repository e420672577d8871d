using System.CommandLine;
using Sidecar.Cli.Output;
using Sidecar.Cli.Running;
using Sidecar.Servers;

namespace Sidecar.Cli.Commands;

/// <summary><c>sidecar server</c>: a broker or database for developing, from a program that is installed.</summary>
internal static class ServerCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = $"One of {string.Join(", ", PrivateServers.Names)}" };
        name.AcceptOnlyFromAmong([.. PrivateServers.Names]);
        var port = new Option<int?>("--port") { Description = "Port on 127.0.0.1 (default: the one that the files under components/ name)", HelpName = "port" };
        var folder = new Option<string?>("--data-dir") { Description = "Where its data stays (default: a temporary folder that goes with it)", HelpName = "folder" };
        var command = new Command("server", "Run a broker or a database on 127.0.0.1 until Ctrl-C. Not in dapr.") { name, port, folder };
        command.SetAction((given, _) => RunAsync(given.GetValue(name)!, given.GetValue(port), given.GetValue(folder)));
        return command;
    }

    private static async Task<int> RunAsync(string name, int? port, string? folder)
    {
        using var signals = new StopSignals();
        var stop = signals.Stopping;
        var console = RunConsole.ForProcess();
        var usual = PrivateServers.Create(name).UsualAddress;
        await using var server = PrivateServers.Create(name, folder, port ?? RunServers.PortOf(usual));
        try
        {
            await server.StartAsync(stop);
            if (name == ListedStreams.ServerName)
                await ListedStreams.MakeAsync(server.Address, Environment.CurrentDirectory, console, stop);
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
        catch (Exception error) when (error is InvalidOperationException or InvalidDataException)
        {
            console.Warn(error.Message);
            return 1;
        }

        console.Tell($"{name} listens at {server.Address} (process {server.ProcessId}). Ctrl-C stops it.");
        if (server.Port != RunServers.PortOf(usual))
            console.Tell($"The files under components/ say {usual}: put {server.Address} in its place.");
        await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return 0;
    }
}
