namespace Bench.Processes;

/// <summary>What this program is when it is started as a child of itself.</summary>
internal static class Roles
{
    private static readonly Dictionary<string, Func<string[], Task>> _roles = new()
    {
        [EchoApp.Role] = EchoApp.RunAsync,
        [SidecarsProcess.Role] = SidecarsProcess.RunAsync,
        [ManySidecars.Role] = ManySidecars.RunAsync,
        [WorkerApp.Role] = WorkerApp.RunAsync,
    };

    /// <summary>Runs the role that the arguments name.</summary>
    /// <returns>False when they name none.</returns>
    public static async Task<bool> TryRunAsync(string[] args)
    {
        if (args.Length == 0 || !_roles.TryGetValue(args[0], out var run))
        {
            return false;
        }

        await run(args[1..]);
        return true;
    }
}
