namespace Sidecar.Runtime.Bindings;

/// <summary>Reads one input binding while the app is healthy.</summary>
public sealed class InputReader(IInputBinding binding, BindingEventHandler handler) : IDisposable
{
    private readonly CancellationTokenSource _abort = new();
    private readonly List<Task> _draining = [];
    private IAsyncDisposable? _active;

    /// <summary>Takes events from now on.</summary>
    public async Task StartAsync() => _active ??= await binding.ReadAsync(HandleAsync, CancellationToken.None);

    /// <summary>Takes no new events; those under way finish by themselves.</summary>
    public void Pause()
    {
        if (_active is not { } active)
            return;
        _active = null;
        _draining.RemoveAll(task => task.IsCompletedSuccessfully);
        _draining.Add(active.DisposeAsync().AsTask());
    }

    /// <summary>Pauses for good and waits for events under way, which end when the token says so.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Pause();
        await using (cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _abort))
        {
            await Task.WhenAll(_draining);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _abort.Dispose();

    private async Task<byte[]> HandleAsync(BindingEvent @event, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_abort.Token, cancellationToken);
        return await handler(@event, either.Token);
    }
}
