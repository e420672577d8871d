namespace Sidecar.Runtime.Hosting;

/// <summary>What one sidecar is started with: daprd's flags, by their meaning.</summary>
public sealed record SidecarOptions
{
    /// <summary>App id. Several instances of one app share it.</summary>
    public required string AppId { get; init; }

    /// <summary>Port the app listens on; 0 when it has no inbound channel.</summary>
    public int AppPort { get; init; }

    /// <summary>Address the app listens on.</summary>
    public string AppChannelAddress { get; init; } = "127.0.0.1";

    /// <summary><c>http</c>, <c>https</c>, <c>h2c</c>, <c>grpc</c> or <c>grpcs</c>.</summary>
    public string AppProtocol { get; init; } = "http";

    /// <summary>True for an app that is called through Dapr's gRPC callback services.</summary>
    internal bool IsGrpcApp => AppProtocol is "grpc" or "grpcs";

    /// <summary>True for an app that is called over TLS.</summary>
    internal bool IsTlsApp => AppProtocol is "https" or "grpcs";

    /// <summary>Most calls to the app at once; -1 for no limit.</summary>
    public int AppMaxConcurrency { get; init; } = -1;

    /// <summary>HTTP API port; 0 takes a free one.</summary>
    public int HttpPort { get; init; }

    /// <summary>gRPC API port; 0 takes a free one.</summary>
    public int GrpcPort { get; init; }

    /// <summary>Metrics port; 0 takes a free one, -1 serves none.</summary>
    public int MetricsPort { get; init; } = -1;

    /// <summary>Address the APIs listen on: loopback unless told otherwise.</summary>
    public string ListenAddress { get; init; } = "127.0.0.1";

    /// <summary>Folder of Unix domain sockets that the HTTP and gRPC APIs listen on instead of ports; null for ports.</summary>
    public string? SocketDirectory { get; init; }

    /// <summary>Folders of resources, in order.</summary>
    public IReadOnlyList<string> ResourcesPaths { get; init; } = [];

    /// <summary>Configuration files, later ones override.</summary>
    public IReadOnlyList<string> ConfigPaths { get; init; } = [];

    /// <summary>Loopback ports that HTTPEndpoint addresses name, and where the apps really listen; for a run on free ports.</summary>
    public IReadOnlyDictionary<int, int> LoopbackPorts { get; init; } = new Dictionary<int, int>();

    /// <summary>Directory that relative paths in component metadata resolve against.</summary>
    public string AppDirectory { get; init; } = Directory.GetCurrentDirectory();

    /// <summary>Directory that relative paths of data resolve against, such as a database file: the app's, unless the run keeps its data elsewhere.</summary>
    public string DataDirectory { get => field ?? AppDirectory; init; }

    /// <summary><c>DAPR_API_TOKEN</c>: required of every caller when not null.</summary>
    public string? ApiToken { get; init; }

    /// <summary><c>APP_API_TOKEN</c>: sent to the app with every call when not null.</summary>
    public string? AppToken { get; init; }

    /// <summary>Namespace; part of key prefixes and of the caller's headers.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>Largest request body in bytes (Dapr's default: 4 MiB).</summary>
    public long MaxBodySize { get; init; } = 4 << 20;

    /// <summary>App health check, or null when it is off.</summary>
    public AppHealthCheckOptions? AppHealthCheck { get; init; }

    /// <summary>Logs each API call.</summary>
    public bool ApiLogging { get; init; }

    /// <summary>Whether the app is asked for its subscriptions (<c>/dapr/subscribe</c>); <c>--disable-init-endpoints</c>.</summary>
    public bool AskSubscriptions { get; init; } = true;

    /// <summary>Whether the app is asked for its actors (<c>/dapr/config</c>); <c>--disable-init-endpoints</c>.</summary>
    public bool AskConfig { get; init; } = true;

    /// <summary>How long an app may take to say whether it wants an input binding (Dapr's default: 3 s).</summary>
    public TimeSpan BindingOptionsTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Follows the resources folders while it runs, unless the Configuration switches the feature <c>HotReload</c> off. The command line does; a sidecar inside a test does not.</summary>
    public bool HotReload { get; init; }

    /// <summary>How often the resources folders are compared with what is loaded, beside being watched (Dapr's default: 60 s).</summary>
    public TimeSpan ReconcileInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a graceful stop may take.</summary>
    public TimeSpan GracefulShutdown { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>How the sidecar watches its app's health; the defaults are Dapr's.</summary>
public sealed record AppHealthCheckOptions
{
    /// <summary>Path probed by GET.</summary>
    public string Path { get; init; } = "/healthz";

    /// <summary>Pause between probes.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one probe may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Failures in a row that make the app unhealthy.</summary>
    public int Threshold { get; init; } = 3;
}
