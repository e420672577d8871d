using System.Globalization;

namespace Sidecar.Components.EmbeddedPubSub;

/// <summary>Holds a directory for one process: two writers in one log would destroy it.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private readonly FileStream _lock;

    private DirectoryLock(FileStream held) => _lock = held;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="IOException">Another process holds it; the message names its pid.</exception>
    public static DirectoryLock Take(string directory)
    {
        var path = Path.Combine(directory, "lock");
        // The pid stands in a second file, since nobody else can read the locked one.
        var pidPath = Path.Combine(directory, "lock.pid");
        FileStream held;
        try
        {
            held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (File.Exists(path))
        {
            var pid = File.Exists(pidPath) ? File.ReadAllText(pidPath).Trim() : "unknown";
            throw new IOException(
                $"the broker directory '{directory}' is held by process {pid}; stop that process or give this one another 'path'", exception);
        }

        File.WriteAllText(pidPath, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return new DirectoryLock(held);
    }

    public void Dispose() => _lock.Dispose();
}
