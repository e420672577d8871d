using System.Globalization;

namespace Sidecar.Processes;

/// <summary>Where the runs of this user keep their records: <c>list</c>, <c>stop</c> and <c>invoke</c> find an app by its id from any folder, as dapr's do. One small file for each host.</summary>
/// <param name="directory">Folder of the files.</param>
public sealed class RunRegistry(string directory)
{
    /// <summary>The registry in the user's home.</summary>
    public static RunRegistry OfUser { get; } = new(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".sidecar", "runs"));

    /// <summary>Host directories that were added and not removed; some may be of hosts that were killed.</summary>
    public IReadOnlyList<string> HostDirectories =>
        Directory.Exists(directory) ? [.. Directory.EnumerateFiles(directory, "*.run").Order(StringComparer.Ordinal).Select(Read).OfType<string>().Distinct(StringComparer.Ordinal)] : [];

    /// <summary>Adds the host directory of a process. A home that cannot be written to is no reason not to run: the commands then need to be told where.</summary>
    public void Add(int processId, string hostDirectory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            Prune();
            File.WriteAllText(FileOf(processId), Path.GetFullPath(hostDirectory));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Removes what a process added.</summary>
    public void Remove(int processId)
    {
        try
        {
            File.Delete(FileOf(processId));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

    private string FileOf(int processId) => Path.Combine(directory, $"{processId.ToString(CultureInfo.InvariantCulture)}.run");

    private void Prune()
    {
        foreach (var file in Directory.EnumerateFiles(directory, "*.run"))
        {
            if (Read(file) is not { } host || new RunRecords(host).RunningHost is null)
                File.Delete(file);
        }
    }

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Removed since.
            return null;
        }
    }
}
