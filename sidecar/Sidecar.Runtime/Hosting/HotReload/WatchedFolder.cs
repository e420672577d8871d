namespace Sidecar.Runtime.Hosting.HotReload;

/// <summary>A folder that the system watches, once for all sidecars of a host: a user has few watches.</summary>
internal sealed class WatchedFolder : IAsyncDisposable
{
    private readonly FileSystemWatcher _watcher;

    /// <exception cref="IOException">The system gives no more watches.</exception>
    public WatchedFolder(string path)
    {
        _watcher = new FileSystemWatcher(path) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size };
        _watcher.Changed += (_, _) => Changed?.Invoke();
        _watcher.Created += (_, _) => Changed?.Invoke();
        _watcher.Deleted += (_, _) => Changed?.Invoke();
        _watcher.Renamed += (_, _) => Changed?.Invoke();
        // Too many changes at once are a change too.
        _watcher.Error += (_, _) => Changed?.Invoke();
        _watcher.EnableRaisingEvents = true;
    }

    /// <summary>Raised when a file in it was made, written, renamed or deleted.</summary>
    public event Action? Changed;

    public ValueTask DisposeAsync()
    {
        _watcher.Dispose();
        return ValueTask.CompletedTask;
    }
}
