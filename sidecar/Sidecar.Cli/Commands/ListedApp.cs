using System.Globalization;
using System.Text.Json.Serialization;
using Sidecar.Processes;

namespace Sidecar.Cli.Commands;

/// <summary>An app instance under the names <c>dapr list -o json</c> has for it. The host is daprd and CLI in one process.</summary>
internal sealed record ListedApp(
    string AppId,
    int HttpPort,
    int GrpcPort,
    int AppPort,
    bool MetricsEnabled,
    string Command,
    string Age,
    string Created,
    int DaprdPid,
    int CliPid,
    int AppPid,
    long MaxRequestBodySize,
    int HttpReadBufferSize,
    string RunTemplatePath,
    string AppLogPath,
    string DaprdLogPath,
    string RunTemplateName)
{
    /// <summary>Kestrel's own limit for the headers of a request.</summary>
    private const int HeaderLimit = 32 << 10;

    public static ListedApp Of(RunRecord app, RunRecord host) => new(
        app.AppId, app.HttpPort, app.GrpcPort, app.AppPort, app.MetricsPort > 0, app.Command, AgeOf(DateTimeOffset.UtcNow - app.Started),
        app.Started.ToLocalTime().ToString("yyyy-MM-dd HH:mm.ss", CultureInfo.InvariantCulture), host.Process?.Id ?? 0, host.Process?.Id ?? 0,
        app.Process is { IsAlive: true } process ? process.Id : 0, app.MaxBodySize, HeaderLimit, host.RunFile, app.AppLog, app.SidecarLog, host.RunName);

    private static string AgeOf(TimeSpan age) => age switch
    {
        { TotalDays: >= 1 } => $"{(int)age.TotalDays}d",
        { TotalHours: >= 1 } => $"{(int)age.TotalHours}h",
        { TotalMinutes: >= 1 } => $"{(int)age.TotalMinutes}m",
        _ => $"{(int)age.TotalSeconds}s",
    };
}

/// <summary>JSON of the list.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ListedApp[]))]
internal sealed partial class ListedAppJson : JsonSerializerContext;
