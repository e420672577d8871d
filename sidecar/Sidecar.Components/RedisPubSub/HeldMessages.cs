namespace Sidecar.Components.RedisPubSub;

/// <summary>
/// The messages a subscription has read and not acknowledged. Real Dapr hands out again what it still holds when that takes longer than processingTimeout; here a
/// message that waits for its turn is not handed out twice, and one whose handler hangs is tried once beside it, so that it cannot take all workers.
/// </summary>
internal sealed class HeldMessages
{
    private const int MostAttemptsAtOnce = 2;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Held> _held = [];

    /// <summary>True when an idle message may be taken on.</summary>
    public bool MayTake(string id)
    {
        lock (_lock)
            return !_held.TryGetValue(id, out var held) || (!held.Waits && held.Attempts < MostAttemptsAtOnce);
    }

    /// <summary>The message waits for a worker.</summary>
    public void Taken(string id) => Change(id, held => held with { Waits = true });

    /// <summary>A worker has it.</summary>
    public void Started(string id) => Change(id, held => held with { Waits = false, Attempts = held.Attempts + 1 });

    /// <summary>An attempt is over, and acknowledged if it is to be.</summary>
    public void Ended(string id) => Change(id, held => held with { Attempts = held.Attempts - 1 });

    /// <summary>It waits no more: the subscription ends.</summary>
    public void Dropped(string id) => Change(id, held => held with { Waits = false });

    private void Change(string id, Func<Held, Held> change)
    {
        lock (_lock)
        {
            var held = change(_held.GetValueOrDefault(id));
            if (held is { Waits: false, Attempts: <= 0 })
                _held.Remove(id);
            else
                _held[id] = held;
        }
    }

    private readonly record struct Held(bool Waits, int Attempts);
}
