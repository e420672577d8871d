using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Resources.Loading;

namespace Sidecar.Cli.RunFiles;

/// <summary>The keys of a run file, and the rules between apps.</summary>
internal static class RunTemplateKeys
{
    public static readonly string[] Root = ["version", "name", "common", "apps"];

    public static readonly string[] Shared =
    [
        "configFilePath", "resourcesPaths", "resourcesPath", "appProtocol", "env", "appLogDestination", "daprdLogDestination", "logLevel",
        "appMaxConcurrency", "enableAppHealthCheck", "appHealthCheckPath", "appHealthProbeInterval", "appHealthProbeTimeout", "appHealthThreshold",
        "enableApiLogging", "enableProfiling", "appSSL", "maxBodySize", "readBufferSize", "apiListenAddresses", "placementHostAddress",
        "schedulerHostAddress", "runtimePath",
    ];

    public static readonly string[] Ports = ["appPort", "daprHTTPPort", "daprGRPCPort", "daprInternalGRPCPort", "metricsPort", "profilePort"];

    public static readonly string[] App =
    [
        .. Shared, .. Ports, "appID", "appDirPath", "command", "appChannelAddress", "unixDomainSocket",
        "containerImage", "containerImagePullPolicy", "createService",
    ];

    public static void RefuseUnknown(YamlMap map, string[] known)
    {
        foreach (var (key, node) in map.Unknown(known))
        {
            throw node.Error($"is no key of a run file here{Spelling.Hint(key, known)}");
        }
    }

    public static void RefuseDoubles(IReadOnlyList<AppTemplate> apps)
    {
        var ids = new Dictionary<string, SourceLocation>(StringComparer.Ordinal);
        var ports = new Dictionary<int, string>();
        foreach (var app in apps)
        {
            if (!ids.TryAdd(app.AppId, app.LocationOf("")))
                throw new ResourceException(app.LocationOf("appID"), "appID", $"app id '{app.AppId}' is used twice: also at {ids[app.AppId]}; run instances with --replicas");
            foreach (var (key, port) in PortsOf(app))
            {
                if (port > 0 && !ports.TryAdd(port, $"{key} of app '{app.AppId}' at {app.LocationOf(key)}"))
                    throw new ResourceException(app.LocationOf(key), key, $"port {port} of app '{app.AppId}' is also {ports[port]}");
            }
        }
    }

    private static IEnumerable<(string Key, int Port)> PortsOf(AppTemplate app) =>
        [("appPort", app.AppPort), ("daprHTTPPort", app.DaprHttpPort), ("daprGRPCPort", app.DaprGrpcPort), ("metricsPort", app.MetricsPort)];
}
