using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sidecar.Cli.Running;

/// <summary>One app instance of a run that takes work.</summary>
/// <param name="AppId">App id.</param>
/// <param name="Replica">0 for the first.</param>
/// <param name="Pid">Process id of the app; 0 for a sidecar alone.</param>
/// <param name="AppPort">Port of the app; 0 for none.</param>
/// <param name="HttpPort">HTTP port of its sidecar.</param>
/// <param name="GrpcPort">gRPC port of its sidecar.</param>
/// <param name="MetricsPort">Metrics port of its sidecar.</param>
public sealed record ReadyApp(string AppId, int Replica, int Pid, int AppPort, int HttpPort, int GrpcPort, int MetricsPort);

/// <summary>What <c>--ready-file</c> holds.</summary>
/// <param name="HostPid">Process id of the host.</param>
/// <param name="Apps">Every app instance.</param>
/// <param name="FaultPort">Loopback port of the fault control with <c>--faults</c>; else null.</param>
public sealed record ReadyRun(int HostPid, IReadOnlyList<ReadyApp> Apps, int? FaultPort = null)
{
    /// <summary>Writes the file in one step: whoever waits for it never reads half of it.</summary>
    public void WriteTo(string path)
    {
        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full + ".new", JsonSerializer.Serialize(this, ReadyJson.Default.ReadyRun));
        File.Move(full + ".new", full, overwrite: true);
    }
}

/// <summary>JSON of the ready file.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReadyRun))]
internal sealed partial class ReadyJson : JsonSerializerContext;
