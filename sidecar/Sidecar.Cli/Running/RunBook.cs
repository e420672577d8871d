using Sidecar.Cli.Output;
using Sidecar.Cli.Planning;
using Sidecar.Processes;

namespace Sidecar.Cli.Running;

/// <summary>What a run tells other commands about itself: records in its host directory, and the way to them in the user's registry.</summary>
internal sealed class RunBook(RunPlan plan, TimeProvider time)
{
    private readonly RunRecords _records = new(plan.HostDirectory);

    /// <summary>Ends what an earlier run left behind.</summary>
    /// <exception cref="RunException">Another run uses the directory.</exception>
    public void ClearLeftovers(Action<string> tell)
    {
        if (_records.RunningHost is { Process: { } host })
            throw new RunException($"another run (process {host.Id}) uses '{plan.HostDirectory}'; stop it by `sidecar stop --data-dir \"{plan.HostDirectory}\"`, or give this one its own --data-dir");
        foreach (var left in _records.ClearLeftovers())
        {
            tell($"Ended what an earlier run left behind: {left.AppId}, process {left.Process!.Id} ({left.Command})");
        }
    }

    /// <summary>Makes the host known.</summary>
    public void Open(ControlServer control)
    {
        _records.WriteHost(new RunRecord
        {
            Process = ProcessIdentity.Current,
            Command = Environment.CommandLine,
            Started = time.GetUtcNow(),
            RunFile = plan.TemplateFile.Length == 0 ? "" : Path.GetFullPath(plan.TemplateFile),
            RunName = plan.TemplateFile.Length == 0 ? "" : plan.Name,
            Control = control.Address,
            ControlToken = control.Token,
        });
        RunRegistry.OfUser.Add(Environment.ProcessId, plan.HostDirectory);
    }

    /// <summary>Makes an instance known; 0 for a sidecar without a process.</summary>
    public void Note(PlannedInstance instance, int pid, InstanceLog? log) => _records.WriteApp(new RunRecord
    {
        Process = pid == 0 ? null : ProcessIdentity.Of(pid),
        Command = string.Join(' ', instance.Command),
        AppId = instance.Sidecar.AppId,
        Replica = instance.Replica,
        AppPort = instance.Sidecar.AppPort,
        HttpPort = instance.Sidecar.HttpPort,
        GrpcPort = instance.Sidecar.GrpcPort,
        MetricsPort = instance.Sidecar.MetricsPort,
        ListenAddress = instance.Sidecar.ListenAddress,
        SocketDirectory = instance.Sidecar.SocketDirectory ?? "",
        MaxBodySize = instance.Sidecar.MaxBodySize,
        Started = time.GetUtcNow(),
        AppLog = log?.AppFile ?? "",
        SidecarLog = log?.SidecarFile ?? "",
    });

    /// <summary>An app was stopped while the run goes on.</summary>
    public void Forget(string appId) => _records.RemoveApp(appId);

    /// <summary>The run is over.</summary>
    public void Close()
    {
        RunRegistry.OfUser.Remove(Environment.ProcessId);
        _records.Clear();
    }
}
