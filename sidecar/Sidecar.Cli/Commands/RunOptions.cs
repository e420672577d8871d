using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Sidecar.Cli.Commands;

/// <summary>The options of <c>sidecar run</c>: dapr's own for one app, and what this sidecar adds.</summary>
internal sealed class RunOptions
{
    /// <summary>What is to be said of some of them.</summary>
    public FlagNotes Notes { get; } = new();

    public Option<string?> RunFile { get; } = new("--run-file", "-f") { Description = "Run every app of a run file: a folder with a dapr.yaml, a file, or - for the standard input", HelpName = "path" };

    public Option<string?> AppId { get; } = new("--app-id", "-a") { Description = "App id (default: the name of the current folder)" };

    public Option<int> AppPort { get; } = Port("--app-port", "-p", "Port the app listens on");

    public Option<string> AppProtocol { get; } = new("--app-protocol", "-P") { Description = "http, https, h2c, grpc or grpcs", DefaultValueFactory = _ => "http" };

    public Option<int> HttpPort { get; } = Port("--dapr-http-port", "-H", "HTTP port of the sidecar (default: a free one)");

    public Option<int> GrpcPort { get; } = Port("--dapr-grpc-port", "-G", "gRPC port of the sidecar (default: a free one)");

    public Option<int> MetricsPort { get; } = Port("--metrics-port", "-M", "Metrics port of the sidecar (default: a free one)");

    public Option<int> InternalGrpcPort { get; } = Port("--dapr-internal-grpc-port", "-I", "Accepted for dapr's sake");

    public Option<string?> Config { get; } = new("--config", "-c") { Description = "Configuration file", HelpName = "file" };

    public Option<string[]> ResourcesPaths { get; } = new("--resources-path") { Description = "Folder of resources; may be given several times", HelpName = "folder" };

    public Option<string[]> ComponentsPaths { get; } = new("--components-path", "-d") { Description = "Old name of --resources-path", HelpName = "folder" };

    public Option<string> LogLevel { get; } = new("--log-level") { Description = "debug, info, warn, error, fatal or panic", DefaultValueFactory = _ => "info" };

    public Option<int> MaxConcurrency { get; } = new("--app-max-concurrency") { Description = "Most calls to the app at once (-1: no limit)", DefaultValueFactory = _ => -1 };

    public Option<string> MaxBodySize { get; } = new("--max-body-size") { Description = "Largest request body, such as 4Mi", DefaultValueFactory = _ => "4Mi" };

    public Option<bool> HealthCheck { get; } = new("--enable-app-health-check") { Description = "Probe the app and hold work back while it is unhealthy" };

    public Option<string> HealthPath { get; } = new("--app-health-check-path") { Description = "Path of the probe", DefaultValueFactory = _ => "/healthz" };

    public Option<int> HealthInterval { get; } = new("--app-health-probe-interval") { Description = "Seconds between probes", DefaultValueFactory = _ => 5 };

    public Option<int> HealthTimeout { get; } = new("--app-health-probe-timeout") { Description = "Milliseconds a probe may take", DefaultValueFactory = _ => 500 };

    public Option<int> HealthThreshold { get; } = new("--app-health-threshold") { Description = "Failed probes in a row that make the app unhealthy", DefaultValueFactory = _ => 3 };

    public Option<bool> ApiLogging { get; } = new("--enable-api-logging") { Description = "Log every API call" };

    public Option<string> ListenAddresses { get; } = new("--dapr-listen-addresses") { Description = "Address the APIs listen on", DefaultValueFactory = _ => "127.0.0.1" };

    public Option<string> ChannelAddress { get; } = new("--app-channel-address") { Description = "Address the app listens on", DefaultValueFactory = _ => "127.0.0.1" };

    public Option<bool> AppSsl { get; } = new("--app-ssl") { Description = "Old form of --app-protocol https" };

    public Option<string?> PlacementHost { get; } = new("--placement-host-address") { Description = "Accepted for dapr's sake" };

    public Option<string?> SchedulerHost { get; } = new("--scheduler-host-address") { Description = "Accepted for dapr's sake" };

    public Option<string?> ReadBufferSize { get; } = new("--read-buffer-size") { Description = "Accepted for dapr's sake" };

    public Option<bool> Profiling { get; } = new("--enable-profiling") { Description = "Accepted for dapr's sake" };

    public Option<int> ProfilePort { get; } = new("--profile-port") { Description = "Accepted for dapr's sake", HelpName = "port" };

    public Option<string?> SocketDirectory { get; } = new("--unix-domain-socket", "-u") { Description = "Folder of Unix domain sockets that the APIs listen on instead of ports", HelpName = "folder" };

    public Option<bool> Kubernetes { get; } = new("--kubernetes", "-k") { Description = "Not offered: deploys to Kubernetes" };

    public Option<string[]> Swaps { get; } = new("--swap")
    {
        Description = "Not in dapr. FROM=TO: a resources path or configuration file that ends in FROM is replaced by its sibling TO (or by an absolute TO), "
            + "as in components/pubsub/redis=components/pubsub/embedded",
        HelpName = "FROM=TO",
    };

    public Option<int> Replicas { get; } = new("--replicas")
    {
        Description = "Not in dapr. Instances of every app, all under its app id; an app that an HTTPEndpoint names by its address stays single",
        DefaultValueFactory = _ => 1,
    };

    public Option<bool> FreePorts { get; } = new("--free-ports")
    {
        Description = "Not in dapr. No declared port is used: apps and sidecars get free ones (apps must listen on APP_PORT), and addresses that name an app's port follow",
    };

    public Option<string?> DataDirectory { get; } = new("--data-dir")
    {
        Description = "Not in dapr. Where broker, jobs, run records, logs and relative database paths go; apps find their folder in DATA_DIR (default: .dapr beside the run file, and each app's folder)",
        HelpName = "folder",
    };

    public Option<string[]> Environment { get; } = new("--env") { Description = "Not in dapr. KEY=VALUE added to the environment of every app", HelpName = "KEY=VALUE" };

    public Option<string[]> Without { get; } = new("--without") { Description = "Not in dapr. An app of the run file that is left out", HelpName = "app-id" };

    public Option<bool> StartServers { get; } = new("--start-servers")
    {
        Description = "Not in dapr. Brokers and databases that the components name at their usual address are started for this run alone, from installed programs, with their data in the data directory",
    };

    public Option<string?> ReadyFile { get; } = new("--ready-file")
    {
        Description = "Not in dapr. Written as JSON when every app takes work, and again after a restart: hostPid and, for each instance, appId, replica, pid and ports",
        HelpName = "file",
    };

    public Option<bool> Faults { get; } = new("--faults")
    {
        Description = "Not in dapr. For tests: every passage of a sidecar is a fault point that can be struck over a loopback port named in the ready file (docs/crash-matrix.md)",
    };

    public Argument<string[]> Command { get; } = new("command") { Description = "After --: the app's program and its arguments", Arity = ArgumentArity.ZeroOrMore };

    /// <summary>Options that make no sense beside a run file, as with dapr.</summary>
    public IReadOnlyList<Option> SingleAppOnly =>
    [
        AppId, AppPort, AppProtocol, HttpPort, GrpcPort, MetricsPort, InternalGrpcPort, Config, ResourcesPaths, ComponentsPaths, LogLevel, MaxConcurrency,
        MaxBodySize, HealthCheck, HealthPath, HealthInterval, HealthTimeout, HealthThreshold, ApiLogging, ListenAddresses, ChannelAddress, AppSsl,
        PlacementHost, SchedulerHost, ReadBufferSize, Profiling, ProfilePort, SocketDirectory,
    ];

    private void Note()
    {
        Notes.Deprecated(ComponentsPaths, "This flag is deprecated and will be removed in the future releases. Use \"resources-path\" flag instead");
        Notes.Deprecated(AppSsl, "This flag is deprecated and will be removed in the future releases. Use \"app-protocol\" flag with https or grpcs values instead");
        Notes.WithoutEffect(InternalGrpcPort, "sidecars of one host find each other in process");
        Notes.WithoutEffect(PlacementHost, "placement is part of the host");
        Notes.WithoutEffect(SchedulerHost, "the scheduler is part of the host");
        Notes.WithoutEffect(ReadBufferSize, "headers may have up to 32 KiB");
        Notes.WithoutEffect(Profiling, "use dotnet-trace or dotnet-counters on this process");
        Notes.WithoutEffect(ProfilePort, "use dotnet-trace or dotnet-counters on this process");
        Notes.WithoutEffect(RootOptions.RuntimePath, "there is no daprd to find");
        Notes.Refused(Kubernetes, "this sidecar runs apps on this machine; real Dapr's `dapr run -k` deploys them, and so do the files under k8s/");
    }

    public void AddTo(Command command)
    {
        command.Options.Add(RunFile);
        foreach (var option in SingleAppOnly)
        {
            command.Options.Add(option);
        }

        foreach (var option in new Option[] { Kubernetes, Swaps, Replicas, FreePorts, DataDirectory, Environment, Without, StartServers, ReadyFile, Faults })
        {
            command.Options.Add(option);
        }

        command.Arguments.Add(Command);
        Note();
        AppProtocol.AcceptOnlyFromAmong("http", "https", "h2c", "grpc", "grpcs");
        Replicas.Validators.Add(result => AtLeastOne(result, Replicas));
        Swaps.Validators.Add(result => Pairs(result, "--swap", "FROM=TO"));
        Environment.Validators.Add(result => Pairs(result, "--env", "KEY=VALUE"));
    }

    public static Option<int> Port(string name, string? alias, string description)
    {
        var option = new Option<int>(name, alias is null ? [] : [alias]) { Description = description, HelpName = "port" };
        option.Validators.Add(result =>
        {
            // The value itself cannot be asked for here: what is no number throws.
            foreach (var token in result.Tokens.Where(token => !int.TryParse(token.Value, CultureInfo.InvariantCulture, out var port) || port is < -1 or > 65535))
                result.AddError($"{name} '{token.Value}' must be a port from 0 to 65535");
        });
        return option;
    }

    private static void AtLeastOne(OptionResult result, Option<int> option)
    {
        if (result.Tokens.Any(token => !int.TryParse(token.Value, CultureInfo.InvariantCulture, out var number) || number < 1))
            result.AddError($"{option.Name} must be 1 or more");
    }

    private static void Pairs(OptionResult result, string name, string form)
    {
        foreach (var token in result.Tokens.Where(token => token.Value.IndexOf('=', StringComparison.Ordinal) <= 0))
        {
            result.AddError($"{name} '{token.Value}' must have the form {form}");
        }
    }
}
