using System.Diagnostics;
using System.Globalization;

namespace Bench.Processes;

/// <summary>A process with everything it has started: what is started is often a script.</summary>
internal static class ProcessTree
{
    /// <summary>Resident megabytes of all of them; where the system does not tell who started whom, of the first alone.</summary>
    public static double ResidentMegabytes(int root)
    {
        var parents = new Dictionary<int, int>();
        if (OperatingSystem.IsLinux())
        {
            foreach (var process in Process.GetProcesses())
            {
                using (process)
                {
                    if (ParentOf(process.Id) is { } parent)
                        parents[process.Id] = parent;
                }
            }
        }

        return parents.Keys.Append(root).Distinct().Where(id => Belongs(id)).Sum(Megabytes);

        bool Belongs(int id) => id == root || (parents.TryGetValue(id, out var parent) && parent != id && Belongs(parent));
    }

    private static int? ParentOf(int id)
    {
        try
        {
            // man 5 proc: after the name in brackets come the state and the parent.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return null;
        }
    }

    private static double Megabytes(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.WorkingSet64 / 1048576.0;
        }
        catch (ArgumentException)
        {
            return 0;
        }
    }
}
