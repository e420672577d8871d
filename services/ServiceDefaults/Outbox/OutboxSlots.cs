using System.Security.Cryptography;
using System.Text;

namespace ServiceDefaults.Outbox;

/// <summary>
/// The outbox is a fixed number of documents, so that what a crash left can be found without listing keys. An order always uses the same slot, and its records stand there in the order of
/// their commits: whoever commits a later event of the order sees the earlier ones, and publishes them first unless it knows that they are out. So no replica can overtake another for one
/// order; the worst is a repeat. Enough slots keep orders from waiting for each other.
/// </summary>
public sealed class OutboxSlots : IDisposable
{
    public const int Count = 128;

    private readonly OutboxSlot[] _slots = [.. Enumerable.Range(0, Count).Select(number => new OutboxSlot(number))];

    internal IReadOnlyList<OutboxSlot> All => _slots;

    /// <summary>The slot of an order: the same in every replica and every version.</summary>
    public OutboxSlot SlotOf(string partition) => _slots[SHA256.HashData(Encoding.UTF8.GetBytes(partition))[0] % Count];

    public void Dispose() => Array.ForEach(_slots, slot => slot.Dispose());
}

/// <summary>One document of the outbox, and what this process knows about it. The knowledge saves work; no correctness rests on it.</summary>
public sealed class OutboxSlot(int number) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly HashSet<string> _published = [];

    /// <summary>Key in the state store.</summary>
    public string Key { get; } = $"outbox-{number}";

    /// <summary>Something is published and still stands in the document.</summary>
    internal bool HasLeftovers
    {
        get
        {
            lock (_published)
            {
                return _published.Count > 0;
            }
        }
    }

    /// <summary>Waits for this process's turn, so that its own commits do not refuse each other.</summary>
    internal async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        return new Turn(_turn);
    }

    internal bool IsPublished(string id)
    {
        lock (_published)
        {
            return _published.Contains(id);
        }
    }

    internal void MarkPublished(string id)
    {
        lock (_published)
        {
            _published.Add(id);
        }
    }

    internal IReadOnlyList<string> PublishedAmong(IReadOnlyList<OutboxRecord> records)
    {
        lock (_published)
        {
            return [.. records.Select(record => record.Id).Where(_published.Contains)];
        }
    }

    internal void Forget(IReadOnlyList<string> ids)
    {
        lock (_published)
        {
            _published.ExceptWith(ids);
        }
    }

    internal void ForgetOthers(IReadOnlyCollection<string> stillThere)
    {
        lock (_published)
        {
            _published.IntersectWith(stillThere);
        }
    }

    public void Dispose() => _turn.Dispose();

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
