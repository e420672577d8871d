using System.CommandLine;
using Sidecar.Cli.RunFiles;
using Sidecar.Cli.Running;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Resources.Loading;

namespace Sidecar.Cli.Commands;

/// <summary>Makes of <c>sidecar run --app-id … -- cmd</c> a run of one app.</summary>
internal static class SingleApp
{
    private static readonly SourceLocation s_commandLine = new("command line", 0);

    public static RunTemplate Template(ParseResult given, RunOptions options)
    {
        var directory = Directory.GetCurrentDirectory();
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var appId = given.GetValue(options.AppId) is { Length: > 0 } id ? id : Path.GetFileName(directory);
        if (appId.Contains('.', StringComparison.Ordinal) || appId.Any(char.IsWhiteSpace))
            throw new RunException($"--app-id '{appId}' cannot contain dots or blanks: in an address what follows a dot is the namespace");
        var app = new AppTemplate
        {
            AppId = appId,
            AppDirectory = directory,
            AppPort = Math.Max(0, given.GetValue(options.AppPort)),
            Command = given.GetValue(options.Command) ?? [],
            DaprHttpPort = Math.Max(0, given.GetValue(options.HttpPort)),
            DaprGrpcPort = Math.Max(0, given.GetValue(options.GrpcPort)),
            MetricsPort = Math.Max(0, given.GetValue(options.MetricsPort)),
            AppChannelAddress = given.GetValue(options.ChannelAddress)!,
            AppProtocol = (given.GetValue(options.AppSsl), given.GetValue(options.AppProtocol)!) switch
            {
                (true, "http") => "https",
                (true, "grpc") => "grpcs",
                var (_, protocol) => protocol,
            },
            ListenAddress = given.GetValue(options.ListenAddresses)!.Split(',')[0].Trim('[', ']', ' '),
            ResourcesPaths = ResourcesPaths(given, options, Path.Combine(home, ".dapr", "components")),
            ConfigPaths = ConfigPaths(given.GetValue(options.Config), Path.Combine(home, ".dapr", "config.yaml")),
            AppLog = LogDestination.Console,
            SidecarLog = LogDestination.Console,
            LogLevel = given.GetValue(options.LogLevel)!,
            MaxConcurrency = given.GetValue(options.MaxConcurrency),
            MaxBodySize = ByteSize.TryParse(given.GetValue(options.MaxBodySize)!, out var bytes)
                ? bytes
                : throw new RunException($"--max-body-size '{given.GetValue(options.MaxBodySize)}' is no size: write it like 4Mi"),
            ApiLogging = given.GetValue(options.ApiLogging),
            SocketDirectory = given.GetValue(options.SocketDirectory) is { Length: > 0 } sockets ? Path.GetFullPath(sockets) : null,
            HealthCheck = given.GetValue(options.HealthCheck) ? HealthCheck(given, options) : null,
            Locations = new Dictionary<string, SourceLocation> { [""] = s_commandLine },
        };
        return new RunTemplate("", directory, app.AppId, [app]);
    }

    private static AppHealthCheckOptions HealthCheck(ParseResult given, RunOptions options) => new()
    {
        Path = given.GetValue(options.HealthPath)!,
        Interval = TimeSpan.FromSeconds(given.GetValue(options.HealthInterval)),
        Timeout = TimeSpan.FromMilliseconds(given.GetValue(options.HealthTimeout)),
        Threshold = given.GetValue(options.HealthThreshold),
    };

    private static List<string> ResourcesPaths(ParseResult given, RunOptions options, string otherwise)
    {
        var paths = (given.GetValue(options.ResourcesPaths) ?? []).Concat(given.GetValue(options.ComponentsPaths) ?? [])
            .SelectMany(path => path.Split(',', StringSplitOptions.RemoveEmptyEntries)).Select(Path.GetFullPath).ToList();
        if (paths.Find(path => !Directory.Exists(path)) is { } missing)
            throw new RunException($"--resources-path: the folder '{missing}' does not exist");
        return paths.Count > 0 ? paths : Directory.Exists(otherwise) ? [otherwise] : [];
    }

    private static IReadOnlyList<string> ConfigPaths(string? given, string otherwise)
    {
        if (given is null)
            return File.Exists(otherwise) ? [otherwise] : [];
        return File.Exists(given) ? [Path.GetFullPath(given)] : throw new RunException($"--config: the file '{given}' does not exist");
    }
}
