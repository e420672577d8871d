using Sidecar.Cli.RunFiles;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Cli.Planning;

/// <summary>Everything a run will do, decided before anything starts.</summary>
/// <param name="Name">Name of the run.</param>
/// <param name="TemplateFile">Path of the run file; empty for a single app.</param>
/// <param name="HostDirectory">Broker, scheduler store, run records.</param>
/// <param name="Instances">App instances in file order, replicas of one app side by side.</param>
public sealed record RunPlan(string Name, string TemplateFile, string HostDirectory, IReadOnlyList<PlannedInstance> Instances);

/// <summary>One instance of one app with its sidecar.</summary>
public sealed record PlannedInstance
{
    /// <summary>The app as declared.</summary>
    public required AppTemplate App { get; init; }

    /// <summary>0 for the first instance.</summary>
    public required int Replica { get; init; }

    /// <summary>How its sidecar is started.</summary>
    public required SidecarOptions Sidecar { get; init; }

    /// <summary>Program and arguments; empty for a sidecar alone.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>What the run adds to the environment of the host.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Folder of its log files.</summary>
    public required string LogDirectory { get; init; }

    /// <summary>App id, with the number of the instance from the second on: <c>orders-2</c>.</summary>
    public string Label => Replica == 0 ? Sidecar.AppId : $"{Sidecar.AppId}-{Replica + 1}";
}
