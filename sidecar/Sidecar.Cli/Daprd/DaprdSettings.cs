using System.CommandLine;
using Sidecar.Cli.Planning;
using Sidecar.Cli.RunFiles;
using Sidecar.Cli.Running;
using Sidecar.Processes;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Resources.Loading;

namespace Sidecar.Cli.Daprd;

/// <summary>What a command line of daprd asks for.</summary>
/// <param name="Plan">The one sidecar.</param>
/// <param name="BlockShutdown">How long it works on after a stop signal; null for not at all.</param>
/// <param name="LogFile">Where the log goes; null for the standard output.</param>
/// <param name="Note">What is to be said of flags without effect, or null.</param>
internal sealed record DaprdSettings(RunPlan Plan, TimeSpan? BlockShutdown, string? LogFile, string? Note)
{
    private static readonly SourceLocation s_commandLine = new("command line", 0);

    /// <exception cref="RunException">A value is missing or wrong.</exception>
    public static DaprdSettings Of(ParseResult given, DaprdOptions options)
    {
        if (given.GetValue(options.Mode) == "kubernetes")
            throw new RunException("--mode kubernetes: in a cluster the official sidecar runs; this one is for a machine of one's own");
        if (given.GetValue(options.AppId) is not { Length: > 0 } appId)
            throw new RunException("--app-id is required: the id under which others find the app");
        var directory = Directory.GetCurrentDirectory();
        var template = new RunTemplate("", directory, appId, [Template(given, options, appId, directory)]);
        var data = given.GetValue(options.DataDirectory) is { Length: > 0 } folder ? Path.GetFullPath(folder) : null;
        var ports = new FreePorts();
        var plan = new RunPlanner(new RunSettings { DataDirectory = data }, ports.Next, Environment.GetEnvironmentVariable).Plan(template);
        var planned = plan.Instances[0];
        return new DaprdSettings(
            plan with { Instances = [planned with { Sidecar = Adjust(planned.Sidecar, given, options) }] },
            Duration(given, options.BlockShutdown), given.GetValue(options.LogFile) is { Length: > 0 } file ? Path.GetFullPath(file) : null, options.Notes.Ineffective(given));
    }

    private static AppTemplate Template(ParseResult given, DaprdOptions options, string appId, string directory) => new()
    {
        AppId = appId,
        AppDirectory = directory,
        AppPort = Math.Max(0, given.GetValue(options.AppPort)),
        AppProtocol = (given.GetValue(options.AppSsl), given.GetValue(options.AppProtocol)!) switch
        {
            (true, "http") => "https",
            (true, "grpc") => "grpcs",
            var (_, protocol) => protocol,
        },
        AppChannelAddress = given.GetValue(options.ChannelAddress)!,
        DaprHttpPort = Math.Max(0, given.GetValue(options.HttpPort)),
        DaprGrpcPort = Math.Max(0, given.GetValue(options.GrpcPort)),
        MetricsPort = Math.Max(0, given.GetValue(options.MetricsPort)),
        ListenAddress = given.GetValue(options.ListenAddresses)!.Split(',')[0].Trim('[', ']', ' '),
        SocketDirectory = given.GetValue(options.SocketDirectory) is { Length: > 0 } sockets ? Path.GetFullPath(sockets) : null,
        ResourcesPaths = [.. Existing(given.GetValue(options.ResourcesPaths), "--resources-path", Directory.Exists), .. Existing([given.GetValue(options.ComponentsPath) ?? ""], "--components-path", Directory.Exists)],
        ConfigPaths = Existing(given.GetValue(options.Config), "--config", File.Exists),
        LogLevel = given.GetValue(options.LogLevel)!,
        MaxConcurrency = given.GetValue(options.MaxConcurrency),
        MaxBodySize = BodySize(given, options),
        ApiLogging = given.GetValue(options.ApiLogging),
        HealthCheck = !given.GetValue(options.HealthCheck) ? null : new AppHealthCheckOptions
        {
            Path = given.GetValue(options.HealthPath)!,
            Interval = TimeSpan.FromSeconds(given.GetValue(options.HealthInterval)),
            Timeout = TimeSpan.FromMilliseconds(given.GetValue(options.HealthTimeout)),
            Threshold = given.GetValue(options.HealthThreshold),
        },
        Locations = new Dictionary<string, SourceLocation> { [""] = s_commandLine },
    };

    private static SidecarOptions Adjust(SidecarOptions sidecar, ParseResult given, DaprdOptions options)
    {
        var disabled = (given.GetValue(options.DisabledEndpoints) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (disabled.Except(["config", "subscribe"], StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            throw new RunException($"--disable-init-endpoints '{unknown}' must be config, subscribe or both with a comma between");
        return sidecar with
        {
            MetricsPort = given.GetValue(options.EnableMetrics) ? sidecar.MetricsPort : -1,
            GracefulShutdown = TimeSpan.FromSeconds(Math.Max(0, given.GetValue(options.GracefulSeconds))),
            AskConfig = !disabled.Contains("config"),
            AskSubscriptions = !disabled.Contains("subscribe"),
            BindingOptionsTimeout = Duration(given, options.BindingTimeout) ?? sidecar.BindingOptionsTimeout,
            ReconcileInterval = Duration(given, options.ReconcileInterval) is { Ticks: > 0 } interval ? interval : sidecar.ReconcileInterval,
        };
    }

    private static long BodySize(ParseResult given, DaprdOptions options)
    {
        if (given.GetResult(options.MaxBodySize) is not { Implicit: false } && given.GetResult(options.MaxRequestSize) is { Implicit: false })
            return (long)given.GetValue(options.MaxRequestSize) << 20;
        return ByteSize.TryParse(given.GetValue(options.MaxBodySize)!, out var bytes) ? bytes : throw new RunException($"--max-body-size '{given.GetValue(options.MaxBodySize)}' is no size: write it like 4Mi");
    }

    private static TimeSpan? Duration(ParseResult given, Option<string?> option)
    {
        if (given.GetValue(option) is not { Length: > 0 } text)
            return null;
        return GoDuration.TryParse(text, out var duration) ? duration : throw new RunException($"{option.Name} '{text}' is no duration: write it like 30s or 500ms");
    }

    private static List<string> Existing(string[]? paths, string option, Func<string, bool> exists)
    {
        var full = (paths ?? []).SelectMany(path => path.Split(',', StringSplitOptions.RemoveEmptyEntries)).Select(Path.GetFullPath).ToList();
        return full.Find(path => !exists(path)) is { } missing ? throw new RunException($"{option}: '{missing}' does not exist") : full;
    }
}
