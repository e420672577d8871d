using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Configurations;

namespace Sidecar.Components.EmbeddedConfiguration;

/// <summary>Reads the file at every tick and tells what is different. A file that is damaged or away for a moment, as while an editor saves it, changes nothing.</summary>
internal sealed partial class FileSubscription : IAsyncDisposable
{
    private readonly ConfigurationFile _file;
    private readonly IReadOnlyList<string> _keys;
    private readonly ConfigurationChanged _changed;
    private readonly PeriodicTimer _timer;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _following;
    private Dictionary<string, ConfigurationItem> _known;
    private bool _isDamaged;

    public FileSubscription(
        ConfigurationFile file, Dictionary<string, ConfigurationItem> known, IReadOnlyList<string> keys, ConfigurationChanged changed, PeriodicTimer timer, ILogger logger)
    {
        (_file, _known, _keys, _changed, _timer, _logger) = (file, known, keys, changed, timer, logger);
        _following = Task.Run(FollowAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _timer.Dispose();
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task FollowAsync()
    {
        while (await _timer.WaitForNextTickAsync(_stopping.Token))
        {
            if (await ReadAsync() is not { } items)
                continue;
            var different = Different(_known, items);
            _known = items;
            if (different.Count == 0)
                continue;
            try
            {
                await _changed(different, _stopping.Token);
            }
            catch (Exception error) when (!_stopping.IsCancellationRequested)
            {
                LogNotTold(string.Join(", ", different.Keys), error.Message);
            }
        }
    }

    private async Task<Dictionary<string, ConfigurationItem>?> ReadAsync()
    {
        try
        {
            var items = await _file.ReadAsync(_stopping.Token);
            _isDamaged = false;
            return items;
        }
        catch (ConfigurationFileException error)
        {
            if (!_isDamaged)
                LogDamaged(error.Message);
            _isDamaged = true;
            return null;
        }
    }

    private Dictionary<string, ConfigurationItem> Different(Dictionary<string, ConfigurationItem> before, Dictionary<string, ConfigurationItem> after) =>
        before.Keys.Union(after.Keys)
            .Where(key => _keys.Count == 0 || _keys.Contains(key))
            .Where(key => before.GetValueOrDefault(key) is var old && after.GetValueOrDefault(key) is var now && (old?.Value, old?.Version) != (now?.Value, now?.Version))
            .ToDictionary(key => key, key => after.GetValueOrDefault(key) ?? ConfigurationItem.Deleted);

    [LoggerMessage(LogLevel.Warning, "The last good configuration holds until this is mended: {Problem}")]
    private partial void LogDamaged(string problem);

    [LoggerMessage(LogLevel.Error, "The change of {Keys} could not be told: {Problem}")]
    private partial void LogNotTold(string keys, string problem);
}
