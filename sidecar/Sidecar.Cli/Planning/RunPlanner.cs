using System.Globalization;
using Sidecar.Cli.RunFiles;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Resources.Loading;

namespace Sidecar.Cli.Planning;

/// <summary>Turns a run file and the command line into a plan. Starts nothing and writes nothing; free ports are asked of <c>nextPort</c>.</summary>
public sealed class RunPlanner(RunSettings settings, Func<int> nextPort, Func<string, string?> environment)
{
    /// <summary>Makes the plan.</summary>
    /// <exception cref="ResourceException">A swap fits nothing or leads nowhere, an app to leave out is not there, or a resources folder cannot be read.</exception>
    public RunPlan Plan(RunTemplate template)
    {
        var hostDirectory = settings.DataDirectory ?? HostDirectory(template.Directory, template.File.Length == 0 ? template.Name : "");
        ResourceSwap.RefuseUseless(settings.Swaps, template.Apps);
        if (settings.Without.Except(template.Apps.Select(app => app.AppId), StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            throw new ResourceException(new SourceLocation(template.File, 0), "", $"--without {unknown}: there is no such app; there are: {string.Join(", ", template.Apps.Select(app => app.AppId))}");
        var apps = template.Apps.Where(app => !settings.Without.Contains(app.AppId)).Select(app => app with
        {
            ResourcesPaths = ResourceSwap.Apply(settings.Swaps, app.ResourcesPaths),
            ConfigPaths = ResourceSwap.Apply(settings.Swaps, app.ConfigPaths),
        }).ToList();
        var addressed = settings.Replicas > 1 || settings.FreePorts ? AddressedPorts(apps) : [];
        var moved = apps.Where(app => app.AppPort > 0).ToDictionary(app => app.AppPort, app => settings.FreePorts ? nextPort() : app.AppPort);
        var instances = new List<PlannedInstance>();
        foreach (var app in apps)
        {
            // An app that others reach by its address has one address, so one instance.
            var replicas = addressed.Contains(app.AppPort) ? 1 : settings.Replicas;
            for (var replica = 0; replica < replicas; replica++)
            {
                instances.Add(Instance(app, replica, hostDirectory, moved));
            }
        }

        return new RunPlan(template.Name, template.File, hostDirectory, instances);
    }

    /// <summary>Where a run keeps what is its own unless told otherwise: <c>.dapr</c> beside the run file, and below that for an app that is run alone.</summary>
    public static string HostDirectory(string directory, string singleAppId) =>
        singleAppId.Length == 0 ? Path.Combine(directory, ".dapr") : Path.Combine(directory, ".dapr", "apps", singleAppId);

    private static HashSet<int> AddressedPorts(IEnumerable<AppTemplate> apps) =>
        [.. ResourceLoader.HttpEndpointAddresses(apps.SelectMany(app => app.ResourcesPaths).Distinct(StringComparer.Ordinal))
            .Where(address => address.IsLoopback).Select(address => address.Port)];

    private PlannedInstance Instance(AppTemplate app, int replica, string hostDirectory, Dictionary<int, int> moved)
    {
        var free = settings.FreePorts || replica > 0;
        var appPort = app.AppPort == 0 ? 0 : replica == 0 ? moved[app.AppPort] : nextPort();
        var ports = new Dictionary<int, int>(moved);
        if (app.AppPort > 0)
            ports[app.AppPort] = appPort;
        var sidecar = new SidecarOptions
        {
            AppId = app.AppId,
            AppPort = appPort,
            AppChannelAddress = app.AppChannelAddress,
            AppProtocol = app.AppProtocol,
            AppMaxConcurrency = app.MaxConcurrency,
            HttpPort = free || app.DaprHttpPort == 0 ? nextPort() : app.DaprHttpPort,
            GrpcPort = free || app.DaprGrpcPort == 0 ? nextPort() : app.DaprGrpcPort,
            MetricsPort = free || app.MetricsPort == 0 ? nextPort() : app.MetricsPort,
            ListenAddress = app.ListenAddress,
            SocketDirectory = app.SocketDirectory is { } sockets && replica > 0 ? Path.Combine(sockets, Text(replica + 1)) : app.SocketDirectory,
            ResourcesPaths = app.ResourcesPaths,
            ConfigPaths = app.ConfigPaths,
            LoopbackPorts = moved.Where(port => port.Key != port.Value).ToDictionary(),
            AppDirectory = app.AppDirectory,
            DataDirectory = settings.DataDirectory is null ? app.AppDirectory : Path.Combine(hostDirectory, app.AppId),
            ApiToken = Variable("DAPR_API_TOKEN", app),
            AppToken = Variable("APP_API_TOKEN", app),
            Namespace = environment("NAMESPACE") is { Length: > 0 } name ? name : "default",
            MaxBodySize = app.MaxBodySize,
            AppHealthCheck = app.HealthCheck,
            ApiLogging = app.ApiLogging,
            HotReload = true,
        };
        return new PlannedInstance
        {
            App = app,
            Replica = replica,
            Sidecar = sidecar,
            Command = [.. app.Command.Select(part => LoopbackAddresses.Move(part, ports))],
            Environment = Environment(app, sidecar, ports, arePortsOurs: free || ports.Any(port => port.Key != port.Value)),
            LogDirectory = settings.DataDirectory is null ? Path.Combine(app.AppDirectory, ".dapr", "logs") : Path.Combine(hostDirectory, "logs"),
        };
    }

    private string? Variable(string name, AppTemplate app)
    {
        var value = settings.Environment.GetValueOrDefault(name) ?? app.Environment.GetValueOrDefault(name) ?? environment(name);
        return string.IsNullOrEmpty(value) ? null : value;
    }

    private Dictionary<string, string> Environment(AppTemplate app, SidecarOptions sidecar, Dictionary<int, int> ports, bool arePortsOurs)
    {
        // As with dapr, what the run file or --env says wins over what is told to every app.
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["APP_ID"] = sidecar.AppId,
            ["APP_CHANNEL_ADDRESS"] = sidecar.AppChannelAddress,
            ["APP_PROTOCOL"] = sidecar.AppProtocol,
        };
        var told = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["DAPR_HTTP_PORT"] = Text(sidecar.HttpPort),
            ["DAPR_GRPC_PORT"] = Text(sidecar.GrpcPort),
            ["DAPR_METRICS_PORT"] = Text(sidecar.MetricsPort),
        };
        if (sidecar.AppPort > 0)
            told["APP_PORT"] = Text(sidecar.AppPort);
        var given = app.Environment.Select(entry => KeyValuePair.Create(entry.Key, LoopbackAddresses.Move(entry.Value, ports))).Concat(settings.Environment);
        // Ports that were chosen or moved here are not the file's any more.
        foreach (var (name, value) in arePortsOurs ? given.Concat(told) : told.Concat(given))
            variables[name] = value;
        // Not in dapr: an app that keeps files of its own (the simulators' books) keeps them with the run's other data.
        if (settings.DataDirectory is not null)
            variables.TryAdd("DATA_DIR", Path.GetFullPath(sidecar.DataDirectory));
        return variables;
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
