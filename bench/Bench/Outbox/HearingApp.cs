using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServiceDefaults;

namespace Bench.Outbox;

/// <summary>The subscriber: notes when each event comes, in which order, and how often.</summary>
internal sealed class HearingApp : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _last = [];
    private readonly HashSet<(string, int)> _seen = [];
    private readonly List<(string Key, double Delay)> _delays = [];
    private readonly WebApplication _app;
    private TaskCompletionSource? _reached;
    private int _awaited;

    private HearingApp(WebApplication app) => _app = app;

    public string Folder { get; } = Directory.CreateTempSubdirectory("bench-").FullName;

    public int Port => new Uri(_app.Urls.First()).Port;

    /// <summary>Events that came after a later one of their key.</summary>
    public int Late { get; private set; }

    /// <summary>Events that came again.</summary>
    public int Twice { get; private set; }

    public static async Task<HearingApp> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var hearing = new HearingApp(builder.Build());
        hearing._app.MapPost("/hear", hearing.HearAsync);
        await hearing._app.StartAsync();
        return hearing;
    }

    /// <summary>Completes when so many different events have come.</summary>
    public Task HeardAsync(int count)
    {
        lock (_lock)
        {
            if (_seen.Count >= count)
                return Task.CompletedTask;
            _awaited = count;
            _reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _reached.Task;
        }
    }

    /// <summary>Milliseconds from decision to handler of keys that begin so, in ascending order.</summary>
    public IReadOnlyList<double> DelaysOf(string prefix)
    {
        lock (_lock)
            return [.. _delays.Where(delay => delay.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(delay => delay.Delay).Order()];
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task HearAsync(HttpContext http)
    {
        using var cloudEvent = await JsonDocument.ParseAsync(http.Request.Body);
        var counted = cloudEvent.RootElement.GetProperty("data").Deserialize<Counted>(WireJson.Options)!;
        lock (_lock)
        {
            if (!_seen.Add((counted.Key, counted.Number)))
            {
                Twice++;
                return;
            }

            _delays.Add((counted.Key, (DateTimeOffset.UtcNow - counted.At).TotalMilliseconds));
            if (_last.TryGetValue(counted.Key, out var last) && last > counted.Number)
                Late++;
            _last[counted.Key] = Math.Max(last, counted.Number);
            if (_seen.Count >= _awaited)
                _reached?.TrySetResult();
        }
    }
}
