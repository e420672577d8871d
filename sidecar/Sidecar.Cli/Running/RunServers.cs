using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Sidecar.Cli.Output;
using Sidecar.Runtime.Resources;
using Sidecar.Servers;

namespace Sidecar.Cli.Running;

/// <summary>
/// The brokers and databases that a run's components talk to. With <c>--start-servers</c> each gets a private one, and what the files say of its usual address is read as the
/// private one's; without it, a component whose usual address nobody answers at is named together with the command that helps.
/// </summary>
/// <param name="startThem">Start private servers.</param>
/// <param name="runDirectory">Folder of the run file.</param>
/// <param name="hostDirectory">Their data goes under it.</param>
/// <param name="console">The terminal.</param>
internal sealed partial class RunServers(bool startThem, string runDirectory, string hostDirectory, RunConsole console) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task>> _found = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<PrivateServer>>> _started = new(StringComparer.Ordinal);

    /// <summary>The resources with the addresses of this run's own servers.</summary>
    /// <exception cref="RunException">A server is needed that does not answer, or cannot be started.</exception>
    public async Task<SidecarResources> ProvideAsync(SidecarResources resources, CancellationToken cancellationToken)
    {
        var components = new List<Component>(resources.Components.Count);
        foreach (var component in resources.Components)
        {
            components.Add(await ProvideAsync(component, cancellationToken));
        }

        return resources with { Components = components };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _started.Values.Where(server => server.IsValueCreated && server.Value.IsCompletedSuccessfully))
        {
            await (await server.Value).DisposeAsync();
        }
    }

    private async Task<Component> ProvideAsync(Component component, CancellationToken cancellationToken)
    {
        if (PrivateServers.ForComponent(component.Type) is not { } name || !PrivateServers.Names.Contains(name))
            return component;
        var usual = PrivateServers.Create(name).UsualAddress;
        if (!component.Metadata.Values.Any(value => value.Contains(usual, StringComparison.OrdinalIgnoreCase)))
            return component;
        if (!startThem)
        {
            await _found.GetOrAdd(name, _ => new Lazy<Task>(() => FindAsync(name, usual, component, cancellationToken))).Value;
            return component;
        }

        var server = await _started.GetOrAdd(name, _ => new Lazy<Task<PrivateServer>>(() => StartAsync(name, cancellationToken))).Value;
        return component with
        {
            Metadata = component.Metadata.ToDictionary(
                entry => entry.Key, entry => entry.Value.Replace(usual, server.Address, StringComparison.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase),
        };
    }

    private async Task FindAsync(string name, string usual, Component component, CancellationToken cancellationToken)
    {
        if (!await PrivateServer.AnswersAtAsync(PortOf(usual), cancellationToken))
        {
            throw new RunException($"component '{component.Name}' ({component.Type}) at {component.Location}: no {name} answers at {usual}. "
                + $"Start one in another terminal with `./run server {name}` (`sidecar server {name}`), or let this run start its own with --start-servers.");
        }

        if (name != ListedStreams.ServerName)
            return;
        try
        {
            await ListedStreams.MakeAsync(usual, runDirectory, console, cancellationToken);
        }
        catch (Exception error) when (error is InvalidOperationException or InvalidDataException)
        {
            throw new RunException(error.Message, error);
        }
    }

    private async Task<PrivateServer> StartAsync(string name, CancellationToken cancellationToken)
    {
        var server = PrivateServers.Create(name, Path.Combine(hostDirectory, "servers", name));
        try
        {
            await server.StartAsync(cancellationToken);
            console.Tell($"Started a private {name} server at {server.Address} (process {server.ProcessId})");
            if (name == ListedStreams.ServerName)
                await ListedStreams.MakeAsync(server.Address, runDirectory, console, cancellationToken);
            return server;
        }
        catch (Exception error) when (error is InvalidOperationException or InvalidDataException)
        {
            await server.DisposeAsync();
            throw new RunException(error.Message, error);
        }
    }

    /// <summary>The port of an address such as <c>localhost:6379</c> or <c>host=localhost port=5432</c>.</summary>
    internal static int PortOf(string address) => int.Parse(LastNumber().Match(address).Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\d+(?!.*\d)")]
    private static partial Regex LastNumber();
}
