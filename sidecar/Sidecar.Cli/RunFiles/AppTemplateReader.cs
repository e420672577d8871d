using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Resources.Loading;

namespace Sidecar.Cli.RunFiles;

/// <summary>Reads one app of a run file over the common settings: the app's word wins.</summary>
internal sealed class AppTemplateReader(string templateDirectory, string home, YamlMap? common)
{
    private static readonly string[] s_protocols = ["http", "https", "h2c", "grpc", "grpcs"];
    private static readonly string[] s_logLevels = ["debug", "info", "warn", "error", "fatal"];

    public AppTemplate Read(YamlMap app)
    {
        RunTemplateKeys.RefuseUnknown(app, RunTemplateKeys.App);
        app.RequiredText("appDirPath", "the app's folder, relative to the run file");
        var directory = ExistingDirectory(app.Find("appDirPath")!, templateDirectory);
        return new AppTemplate
        {
            AppId = AppId(app, directory),
            AppDirectory = directory,
            AppPort = Port(app, "appPort"),
            Command = [.. app.List("command").Select(part => part.AsText())],
            DaprHttpPort = Port(app, "daprHTTPPort"),
            DaprGrpcPort = Port(app, "daprGRPCPort"),
            MetricsPort = Port(app, "metricsPort"),
            AppChannelAddress = app.Text("appChannelAddress") is { Length: > 0 } address ? address : "127.0.0.1",
            AppProtocol = Protocol(app),
            ListenAddress = ListenAddress(app),
            ResourcesPaths = ResourcesPaths(app, directory),
            ConfigPaths = ConfigPaths(app, directory),
            Environment = Environment(app),
            AppLog = Destination(app, "appLogDestination", LogDestination.File | LogDestination.Console),
            SidecarLog = Destination(app, "daprdLogDestination", LogDestination.File),
            LogLevel = OneOf(app, "logLevel", s_logLevels, "info"),
            MaxConcurrency = Owner(app, "appMaxConcurrency").Number("appMaxConcurrency", -1, min: -1),
            HealthCheck = HealthCheck(app),
            ApiLogging = Owner(app, "enableApiLogging").Flag("enableApiLogging"),
            MaxBodySize = Size(app, "maxBodySize", 4 << 20),
            SocketDirectory = app.Text("unixDomainSocket") is { Length: > 0 } sockets ? Resolve(sockets, directory) : null,
            Locations = Locations(app),
        };
    }

    /// <summary>Who says it: the app, unless it says nothing, or no more than a zero value, which dapr takes for nothing.</summary>
    private YamlMap Owner(YamlMap app, string key) => (app.Find(key) is null || app.Text(key) is "" or "0" or "false") && common is not null ? common : app;

    private string? Text(YamlMap app, string key) => Owner(app, key).Text(key) is { Length: > 0 } text ? text : null;

    private static string AppId(YamlMap app, string directory)
    {
        var id = app.Text("appID") is { Length: > 0 } given ? given : Path.GetFileName(Path.TrimEndingDirectorySeparator(directory));
        return id.Contains('.', StringComparison.Ordinal) || id.Any(char.IsWhiteSpace)
            ? throw (app.Find("appID") ?? app).Error($"app id '{id}' must hold no dot and no blank")
            : id;
    }

    private static int Port(YamlMap app, string key) => app.Number(key, 0, 0, 65535);

    private string Protocol(YamlMap app)
    {
        var protocol = OneOf(app, "appProtocol", s_protocols, "http");
        return (Owner(app, "appSSL").Flag("appSSL"), protocol) switch
        {
            (true, "http") => "https",
            (true, "grpc") => "grpcs",
            _ => protocol,
        };
    }

    private string ListenAddress(YamlMap app)
    {
        var first = Text(app, "apiListenAddresses")?.Split(',')[0].Trim('[', ']', ' ') ?? "127.0.0.1";
        return System.Net.IPAddress.TryParse(first, out _)
            ? first
            : throw Owner(app, "apiListenAddresses").Find("apiListenAddresses")!.Error($"'{first}' must be an IP address");
    }

    private List<string> ResourcesPaths(YamlMap app, string directory)
    {
        if (Listed(app, directory) is { Count: > 0 } own)
            return own;
        var conventional = Path.Combine(directory, ".dapr", "resources");
        if (Directory.Exists(conventional))
            return [conventional];
        if (common is not null && Listed(common, templateDirectory) is { Count: > 0 } shared)
            return shared;
        var user = Path.Combine(home, ".dapr", "components");
        return Directory.Exists(user) ? [user] : [];
    }

    private List<string> Listed(YamlMap map, string from)
    {
        var listed = map.List("resourcesPaths").Select(node => ExistingDirectory(node, from)).ToList();
        if (map.Find("resourcesPath") is { } single && map.Text("resourcesPath") is { Length: > 0 })
            listed.Add(ExistingDirectory(single, from));
        return listed;
    }

    private IReadOnlyList<string> ConfigPaths(YamlMap app, string directory)
    {
        if (app.Find("configFilePath") is { } own && app.Text("configFilePath") is { Length: > 0 })
            return [ExistingFile(own, directory)];
        var conventional = Path.Combine(directory, ".dapr", "config.yaml");
        if (File.Exists(conventional))
            return [conventional];
        if (common?.Find("configFilePath") is { } shared && common.Text("configFilePath") is { Length: > 0 })
            return [ExistingFile(shared, templateDirectory)];
        var user = Path.Combine(home, ".dapr", "config.yaml");
        return File.Exists(user) ? [user] : [];
    }

    private Dictionary<string, string> Environment(YamlMap app)
    {
        var merged = new Dictionary<string, string>(common?.TextMap("env", StringComparer.Ordinal) ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        foreach (var (name, value) in app.TextMap("env", StringComparer.Ordinal))
        {
            merged[name] = value;
        }

        return merged;
    }

    private LogDestination Destination(YamlMap app, string key, LogDestination otherwise) => Text(app, key) switch
    {
        null => otherwise,
        "file" => LogDestination.File,
        "console" => LogDestination.Console,
        "fileAndConsole" => LogDestination.File | LogDestination.Console,
        var other => throw Owner(app, key).Find(key)!.Error($"'{other}' must be file, console or fileAndConsole"),
    };

    private string OneOf(YamlMap app, string key, string[] allowed, string otherwise)
    {
        var text = Text(app, key);
        if (text is null)
            return otherwise;
        return allowed.Contains(text, StringComparer.OrdinalIgnoreCase)
            ? text.ToLowerInvariant()
            : throw Owner(app, key).Find(key)!.Error($"'{text}' must be one of {string.Join(", ", allowed)}{Spelling.Hint(text, allowed)}");
    }

    private AppHealthCheckOptions? HealthCheck(YamlMap app)
    {
        if (!Owner(app, "enableAppHealthCheck").Flag("enableAppHealthCheck"))
            return null;
        return new AppHealthCheckOptions
        {
            Path = Text(app, "appHealthCheckPath") ?? "/healthz",
            Interval = TimeSpan.FromSeconds(Positive(app, "appHealthProbeInterval", 5)),
            Timeout = TimeSpan.FromMilliseconds(Positive(app, "appHealthProbeTimeout", 500)),
            Threshold = Positive(app, "appHealthThreshold", 3),
        };
    }

    private int Positive(YamlMap app, string key, int otherwise) => Owner(app, key).Number(key, otherwise, min: 0) is > 0 and var given ? given : otherwise;

    private long Size(YamlMap app, string key, long otherwise)
    {
        if (Text(app, key) is not { } text)
            return otherwise;
        return ByteSize.TryParse(text, out var bytes)
            ? bytes
            : throw Owner(app, key).Find(key)!.Error($"'{text}' is no size: write it like 4Mi, 512Ki or 1000000");
    }

    private string ExistingDirectory(YamlNode node, string from)
    {
        var path = Resolve(node.AsText(), from);
        return Directory.Exists(path) ? path : throw node.Error($"the folder '{path}' does not exist");
    }

    private string ExistingFile(YamlNode node, string from)
    {
        var path = Resolve(node.AsText(), from);
        return File.Exists(path) ? path : throw node.Error($"the file '{path}' does not exist");
    }

    private string Resolve(string path, string from) =>
        Path.TrimEndingDirectorySeparator(Path.GetFullPath(path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(home, path[2..]) : path, from));

    private static Dictionary<string, SourceLocation> Locations(YamlMap app)
    {
        var locations = app.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Location, StringComparer.Ordinal);
        locations[""] = app.Location;
        return locations;
    }
}
