using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;

namespace Sidecar.Cli.RunFiles;

/// <summary>A <c>dapr.yaml</c>: what to run, every path absolute, every default filled in.</summary>
/// <param name="File">Path of the file, or <c>(stdin)</c>.</param>
/// <param name="Directory">Folder that the file's paths start from.</param>
/// <param name="Name"><c>name</c>, or the folder's name.</param>
/// <param name="Apps">Apps in file order.</param>
public sealed record RunTemplate(string File, string Directory, string Name, IReadOnlyList<AppTemplate> Apps);

/// <summary>Where the lines of a process go.</summary>
[Flags]
public enum LogDestination
{
    /// <summary>Nowhere.</summary>
    None = 0,

    /// <summary>A file under <c>.dapr/logs</c>.</summary>
    File = 1,

    /// <summary>The console.</summary>
    Console = 2,
}

/// <summary>One app of a run.</summary>
public sealed record AppTemplate
{
    /// <summary><c>appID</c>; by default the name of the app's folder.</summary>
    public required string AppId { get; init; }

    /// <summary><c>appDirPath</c>: working directory of the command.</summary>
    public required string AppDirectory { get; init; }

    /// <summary><c>appPort</c>; 0 without an inbound channel.</summary>
    public int AppPort { get; init; }

    /// <summary><c>command</c>; empty for a sidecar alone.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary><c>daprHTTPPort</c>; 0 for a free one.</summary>
    public int DaprHttpPort { get; init; }

    /// <summary><c>daprGRPCPort</c>; 0 for a free one.</summary>
    public int DaprGrpcPort { get; init; }

    /// <summary><c>metricsPort</c>; 0 for a free one.</summary>
    public int MetricsPort { get; init; }

    /// <summary><c>appChannelAddress</c>.</summary>
    public string AppChannelAddress { get; init; } = "127.0.0.1";

    /// <summary><c>appProtocol</c>, <c>appSSL</c> included.</summary>
    public string AppProtocol { get; init; } = "http";

    /// <summary><c>apiListenAddresses</c>, the first of them.</summary>
    public string ListenAddress { get; init; } = "127.0.0.1";

    /// <summary><c>resourcesPaths</c>.</summary>
    public IReadOnlyList<string> ResourcesPaths { get; init; } = [];

    /// <summary><c>configFilePath</c>.</summary>
    public IReadOnlyList<string> ConfigPaths { get; init; } = [];

    /// <summary><c>env</c>, the app's over the common ones.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary><c>appLogDestination</c>.</summary>
    public LogDestination AppLog { get; init; } = LogDestination.File | LogDestination.Console;

    /// <summary><c>daprdLogDestination</c>.</summary>
    public LogDestination SidecarLog { get; init; } = LogDestination.File;

    /// <summary><c>logLevel</c>.</summary>
    public string LogLevel { get; init; } = "info";

    /// <summary><c>appMaxConcurrency</c>.</summary>
    public int MaxConcurrency { get; init; } = -1;

    /// <summary>App health check, or null when off.</summary>
    public AppHealthCheckOptions? HealthCheck { get; init; }

    /// <summary><c>enableApiLogging</c>.</summary>
    public bool ApiLogging { get; init; }

    /// <summary><c>maxBodySize</c> in bytes.</summary>
    public long MaxBodySize { get; init; } = 4 << 20;

    /// <summary><c>unixDomainSocket</c>: folder of the sockets that the APIs listen on; null for ports.</summary>
    public string? SocketDirectory { get; init; }

    /// <summary>Where the app and its port keys were declared, for errors that are found only later.</summary>
    public IReadOnlyDictionary<string, SourceLocation> Locations { get; init; } = new Dictionary<string, SourceLocation>();

    /// <summary>Where a key was declared, else the app.</summary>
    public SourceLocation LocationOf(string key) =>
        Locations.TryGetValue(key, out var location) ? location : Locations.GetValueOrDefault("", SourceLocation.Code);
}
