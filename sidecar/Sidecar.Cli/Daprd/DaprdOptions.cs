using System.CommandLine;
using Sidecar.Cli.Commands;

namespace Sidecar.Cli.Daprd;

/// <summary>daprd's flags with daprd's defaults, and what is to be said of those that change nothing here.</summary>
internal sealed class DaprdOptions
{
    private readonly List<Option> _all = [];

    public DaprdOptions()
    {
        AppId = Add(Text("--app-id", "App id"));
        AppPort = Add(RunOptions.Port("--app-port", null, "Port the app listens on"));
        AppProtocol = Add(Text("--app-protocol", "http, https, h2c, grpc or grpcs", "http"));
        AppProtocol.AcceptOnlyFromAmong("http", "https", "h2c", "grpc", "grpcs");
        ChannelAddress = Add(Text("--app-channel-address", "Address the app listens on", "127.0.0.1"));
        MaxConcurrency = Add(Number("--app-max-concurrency", "Most calls to the app at once (-1: no limit)", -1));
        HttpPort = Add(Port("--dapr-http-port", "Port of the HTTP API", 3500));
        GrpcPort = Add(Port("--dapr-grpc-port", "Port of the gRPC API", 50001));
        ListenAddresses = Add(Text("--dapr-listen-addresses", "Address the APIs listen on; of several the first", "127.0.0.1"));
        SocketDirectory = Add(Text("--unix-domain-socket", "Folder of Unix domain sockets that the APIs listen on instead of ports"));
        MetricsPort = Add(Port("--metrics-port", "Port of the metrics", 9090));
        EnableMetrics = Add(Flag("--enable-metrics", "Serve metrics", true));
        ResourcesPaths = Add(new Option<string[]>("--resources-path") { Description = "Folder of resources; may be given several times", HelpName = "folder" });
        Config = Add(new Option<string[]>("--config") { Description = "Configuration file; may be given several times, later ones override", HelpName = "file" });
        Mode = Add(Text("--mode", "standalone", "standalone"));
        Mode.AcceptOnlyFromAmong("standalone", "kubernetes");
        LogLevel = Add(Text("--log-level", "debug, info, warn, error or fatal", "info"));
        LogFile = Add(Text("--log-file", "Write the log to a file instead of the standard output"));
        MaxBodySize = Add(Text("--max-body-size", "Largest request body, such as 4Mi", "4Mi"));
        GracefulSeconds = Add(Number("--dapr-graceful-shutdown-seconds", "How long a graceful stop may take", 5));
        BlockShutdown = Add(Text("--dapr-block-shutdown-duration", "After a stop signal, work on for so long, or until the app is unhealthy"));
        ApiLogging = Add(Flag("--enable-api-logging", "Log every API call"));
        HealthCheck = Add(Flag("--enable-app-health-check", "Probe the app and hold work back while it is unhealthy"));
        HealthPath = Add(Text("--app-health-check-path", "Path of the probe", "/healthz"));
        HealthInterval = Add(Number("--app-health-probe-interval", "Seconds between probes", 5));
        HealthTimeout = Add(Number("--app-health-probe-timeout", "Milliseconds a probe may take", 500));
        HealthThreshold = Add(Number("--app-health-threshold", "Failed probes in a row that make the app unhealthy", 3));
        DisabledEndpoints = Add(Text("--disable-init-endpoints", "Of config and subscribe, those that the app is not asked"));
        ReconcileInterval = Add(Text("--hot-reload-reconcile-interval", "How often the resources folders are compared with what is loaded, beside being watched", "60s"));
        BindingTimeout = Add(Text("--app-binding-options-timeout", "How long the app may take to say whether it wants a binding", "3s"));
        Version = Add(Flag("--version", "Print the version of Dapr whose contract is kept"));
        BuildInfo = Add(Flag("--build-info", "Print the version in three lines"));
        Wait = Add(Flag("--wait", "Wait until the sidecar on --dapr-http-port is ready for outgoing calls, then end"));
        DataDirectory = Add(Text("--data-dir", "Not in daprd. Where jobs and the embedded broker are kept (default: .dapr/apps/<app id>)"));

        ComponentsPath = Add(Notes.Deprecated(Text("--components-path", "Old name of --resources-path"), "use --resources-path"));
        AppSsl = Add(Notes.Deprecated(Flag("--app-ssl", "Old form of --app-protocol https"), "use '--app-protocol https|grpcs'"));
        MaxRequestSize = Add(Notes.Deprecated(Number("--dapr-http-max-request-size", "Old form of --max-body-size, in MB", 4), "use '--max-body-size 4Mi'"));
        Add(Notes.Deprecated(Number("--dapr-http-read-buffer-size", "Old form of --read-buffer-size, in KB", 4), "use '--read-buffer-size 4Ki'"));
        DaprdIneffective.AddTo(this);
    }

    public FlagNotes Notes { get; } = new();

    public IReadOnlyList<Option> All => _all;

    public Option<string?> AppId { get; }

    public Option<int> AppPort { get; }

    public Option<string?> AppProtocol { get; }

    public Option<string?> ChannelAddress { get; }

    public Option<int> MaxConcurrency { get; }

    public Option<int> HttpPort { get; }

    public Option<int> GrpcPort { get; }

    public Option<string?> ListenAddresses { get; }

    public Option<string?> SocketDirectory { get; }

    public Option<int> MetricsPort { get; }

    public Option<bool> EnableMetrics { get; }

    public Option<string[]> ResourcesPaths { get; }

    public Option<string?> ComponentsPath { get; }

    public Option<string[]> Config { get; }

    public Option<string?> Mode { get; }

    public Option<string?> LogLevel { get; }

    public Option<string?> LogFile { get; }

    public Option<string?> MaxBodySize { get; }

    public Option<int> MaxRequestSize { get; }

    public Option<int> GracefulSeconds { get; }

    public Option<string?> BlockShutdown { get; }

    public Option<bool> ApiLogging { get; }

    public Option<bool> HealthCheck { get; }

    public Option<string?> HealthPath { get; }

    public Option<int> HealthInterval { get; }

    public Option<int> HealthTimeout { get; }

    public Option<int> HealthThreshold { get; }

    public Option<string?> DisabledEndpoints { get; }

    public Option<string?> ReconcileInterval { get; }

    public Option<string?> BindingTimeout { get; }

    public Option<bool> AppSsl { get; }

    public Option<bool> Version { get; }

    public Option<bool> BuildInfo { get; }

    public Option<bool> Wait { get; }

    public Option<string?> DataDirectory { get; }

    /// <summary>Adds a flag.</summary>
    public T Add<T>(T option)
        where T : Option
    {
        _all.Add(option);
        return option;
    }

    public static Option<string?> Text(string name, string description, string? otherwise = null) => new(name) { Description = description, DefaultValueFactory = _ => otherwise };

    private static Option<int> Number(string name, string description, int otherwise) => new(name) { Description = description, DefaultValueFactory = _ => otherwise };

    private static Option<bool> Flag(string name, string description, bool otherwise = false) => new(name) { Description = description, DefaultValueFactory = _ => otherwise };

    private static Option<int> Port(string name, string description, int otherwise)
    {
        var option = RunOptions.Port(name, null, description);
        option.DefaultValueFactory = _ => otherwise;
        return option;
    }
}
