namespace Sidecar.Runtime.AppChannels;

/// <summary>Tells a building block, one call after the other, that its app has become healthy or unhealthy.</summary>
/// <param name="app">Whose health.</param>
/// <param name="follow">Starts or pauses; it must not throw.</param>
internal sealed class AppHealthFollower(IAppChannel app, Func<bool, Task> follow)
{
    private readonly Lock _lock = new();
    private Task _following = Task.CompletedTask;
    private bool _stopped;

    /// <summary>Begins with the health of now; completes when that was followed.</summary>
    public Task StartAsync()
    {
        app.HealthChanged += OnChanged;
        OnChanged(app.IsHealthy);
        lock (_lock)
            return _following;
    }

    /// <summary>Follows no more changes; completes when the last one was.</summary>
    public Task StopAsync()
    {
        app.HealthChanged -= OnChanged;
        lock (_lock)
        {
            _stopped = true;
            return _following;
        }
    }

    private void OnChanged(bool healthy)
    {
        lock (_lock)
        {
            if (!_stopped)
                _following = FollowAsync(_following, healthy);
        }
    }

    private async Task FollowAsync(Task previous, bool healthy)
    {
        await previous;
        // Only the latest state counts when changes come faster than they are followed.
        if (healthy == app.IsHealthy)
            await follow(healthy);
    }
}
