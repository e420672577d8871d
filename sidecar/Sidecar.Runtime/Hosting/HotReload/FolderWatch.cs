using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Components;

namespace Sidecar.Runtime.Hosting.HotReload;

/// <summary>Waits for changes in the resources folders of one sidecar. Where the system gives no more watches, only the regular comparison is left.</summary>
internal sealed class FolderWatch : IAsyncDisposable
{
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly List<Lease<WatchedFolder>> _folders = [];

    private FolderWatch()
    {
    }

    public static async Task<FolderWatch> OpenAsync(SidecarOptions options, SharedInstances shared, ILogger logger)
    {
        var watch = new FolderWatch();
        try
        {
            foreach (var path in options.ResourcesPaths.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal))
            {
                var folder = await shared.LeaseAsync(path, () => Task.FromResult(new WatchedFolder(path)));
                folder.Instance.Changed += watch.OnChange;
                watch._folders.Add(folder);
            }
        }
        catch (Exception error) when (error is IOException or ArgumentException)
        {
            logger.NotWatched(options.AppId, error.Message);
        }

        return watch;
    }

    /// <summary>Completes at a change, once it has been quiet for a moment, or when the interval has passed.</summary>
    public async Task WaitAsync(TimeSpan interval, TimeSpan quiet, TimeProvider time, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var change = _changes.Reader.WaitToReadAsync(waiting.Token).AsTask();
        var isChange = await Task.WhenAny(change, Task.Delay(interval, time, waiting.Token)) == change;
        await waiting.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        if (!isChange)
            return;
        // Editors write in several steps.
        await Task.Delay(quiet, time, cancellationToken);
        _changes.Reader.TryRead(out _);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var folder in _folders)
        {
            folder.Instance.Changed -= OnChange;
            await folder.DisposeAsync();
        }
    }

    private void OnChange() => _changes.Writer.TryWrite(true);
}
