namespace Sidecar.Runtime.PubSub;

/// <summary>
/// Two signals for deliveries: pausing ends waits between tries but lets a try under way finish; aborting ends everything.
/// </summary>
internal sealed class DeliveryGate(CancellationToken abort) : IDisposable
{
    private readonly CancellationTokenSource _pause = new();

    /// <summary>Cancelled at a pause.</summary>
    public CancellationToken Pausing => _pause.Token;

    public bool IsPausing => _pause.IsCancellationRequested;

    public void Pause() => _pause.Cancel();

    /// <summary>Only when no delivery is under way any more.</summary>
    public void Dispose() => _pause.Dispose();

    /// <summary>What interrupts one delivery: a pause, or the component, which cancels <paramref name="takenAway"/> when the message is another instance's now.</summary>
    public Interruption OrWhen(CancellationToken takenAway) =>
        new(takenAway.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(_pause.Token, takenAway) : null, _pause.Token);

    /// <summary>Runs one try; <paramref name="token"/> is what the resiliency policy gave, cancelled by its timeout or by a pause.</summary>
    public async Task<T> TryAsync<T>(Func<CancellationToken, Task<T>> operation, CancellationToken token)
    {
        _pause.Token.ThrowIfCancellationRequested();
        if (token == _pause.Token)
            return await operation(abort);

        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(abort);
        await using var timeout = token.UnsafeRegister(
            static state =>
            {
                var (gate, source) = ((DeliveryGate, CancellationTokenSource))state!;
                if (!gate.IsPausing)
                    source.Cancel();
            },
            (this, attempt));
        return await operation(attempt.Token);
    }
}

/// <summary>Ends the waits of one delivery; from the component's side also the try under way.</summary>
internal readonly struct Interruption(CancellationTokenSource? either, CancellationToken pause) : IDisposable
{
    public CancellationToken Token => either?.Token ?? pause;

    public bool IsAsked => either?.IsCancellationRequested ?? pause.IsCancellationRequested;

    public void Dispose() => either?.Dispose();
}
