using Sidecar.Cli.Planning;

namespace Sidecar.Cli.Running;

/// <summary>The table of a run's apps.</summary>
internal static class RunReport
{
    /// <summary>Rows with a header, columns padded to their widest cell.</summary>
    public static IEnumerable<string> Table(IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        return rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    /// <summary>The table of a plan whose apps run.</summary>
    public static IEnumerable<string> Apps(IEnumerable<(PlannedInstance Instance, int Pid)> apps) => Table(
    [
        ["APP", "URL", "DAPR HTTP", "DAPR gRPC", "METRICS", "PID"],
        .. apps.Select(app => new[]
        {
            app.Instance.Label,
            app.Instance.Sidecar.AppPort > 0 ? $"{Scheme(app.Instance)}://{app.Instance.Sidecar.AppChannelAddress}:{app.Instance.Sidecar.AppPort}" : "-",
            $"http://{app.Instance.Sidecar.ListenAddress}:{app.Instance.Sidecar.HttpPort}",
            $"{app.Instance.Sidecar.ListenAddress}:{app.Instance.Sidecar.GrpcPort}",
            $"http://{app.Instance.Sidecar.ListenAddress}:{app.Instance.Sidecar.MetricsPort}/",
            app.Pid > 0 ? $"{app.Pid}" : "-",
        }),
    ]);

    private static string Scheme(PlannedInstance instance) => instance.Sidecar.AppProtocol switch
    {
        "https" or "grpcs" => "https",
        "grpc" => "grpc",
        _ => "http",
    };
}
