namespace Sidecar.Runtime.Bindings;

/// <summary>Reads one input binding while the app is healthy.</summary>
internal sealed class InputReader(IInputBinding binding, BindingEventHandler handler) : IDisposable
{
    private readonly CancellationTokenSource _abort = new();
    private IAsyncDisposable? _active;

    public async Task StartAsync() => _active ??= await binding.ReadAsync(HandleAsync, CancellationToken.None);

    public async Task PauseAsync()
    {
        if (_active is not { } active)
            return;
        _active = null;
        await active.DisposeAsync();
    }

    /// <summary>Waits for events under way, which end when the token says so.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await using (cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _abort))
        {
            await PauseAsync();
        }
    }

    public void Dispose() => _abort.Dispose();

    private async Task<byte[]> HandleAsync(BindingEvent @event, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_abort.Token, cancellationToken);
        return await handler(@event, either.Token);
    }
}
