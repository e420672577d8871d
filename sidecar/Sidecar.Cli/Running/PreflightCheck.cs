using System.Collections;
using Sidecar.Cli.Planning;
using Sidecar.Processes;
using Sidecar.Runtime.Resources;

namespace Sidecar.Cli.Running;

/// <summary>Looks for what would make a run fail half-way, before anything is started.</summary>
internal static class PreflightCheck
{
    /// <summary>Finds the program of every app.</summary>
    /// <exception cref="RunException">One is missing, or a port is in use.</exception>
    public static IReadOnlyDictionary<PlannedInstance, ChildCommand> Run(RunPlan plan)
    {
        var problems = new List<string>();
        var commands = new Dictionary<PlannedInstance, ChildCommand>();
        foreach (var instance in plan.Instances)
        {
            problems.AddRange(PortsInUse(instance));
            if (instance.Command.Count == 0)
                continue;
            var environment = EnvironmentOf(instance);
            try
            {
                var program = ProgramLookup.Find(instance.Command, instance.App.AppDirectory, environment.GetValueOrDefault("PATH"));
                commands.Add(instance, new ChildCommand(program, [.. instance.Command.Skip(1)], instance.App.AppDirectory, environment));
            }
            catch (ProcessStartException error)
            {
                problems.Add($"{instance.App.LocationOf("command")}: command of app '{instance.Sidecar.AppId}': {error.Message}");
            }
        }

        return problems.Count == 0 ? commands : throw new RunException(string.Join('\n', problems.Distinct()));
    }

    private static Dictionary<string, string> EnvironmentOf(PlannedInstance instance)
    {
        var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
        foreach (var (name, value) in instance.Environment)
        {
            variables[name] = value;
        }

        return variables;
    }

    private static IEnumerable<string> PortsInUse(PlannedInstance instance)
    {
        var sidecar = instance.Sidecar;
        (int Port, string Key, string What)[] ports =
        [
            (instance.Command.Count > 0 ? sidecar.AppPort : 0, "appPort", "the app port"),
            (sidecar.SocketDirectory is null ? sidecar.HttpPort : 0, "daprHTTPPort", "the sidecar's HTTP port"),
            (sidecar.SocketDirectory is null ? sidecar.GrpcPort : 0, "daprGRPCPort", "the sidecar's gRPC port"),
            (sidecar.MetricsPort, "metricsPort", "the sidecar's metrics port"),
        ];
        foreach (var (port, key, what) in ports)
        {
            if (port > 0 && !FreePorts.IsFree(port))
            {
                yield return $"{instance.App.LocationOf(key)}: {key}: port {port}, {what} of '{instance.Label}', is in use by another program; "
                    + "stop that one, give another port, or run with --free-ports";
            }
        }
    }
}

/// <summary>A run that cannot start; the message is for the person at the terminal.</summary>
public sealed class RunException(string message, Exception? inner = null) : Exception(message, inner);
