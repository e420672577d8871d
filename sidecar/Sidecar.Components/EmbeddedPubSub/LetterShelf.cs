namespace Sidecar.Components.EmbeddedPubSub;

/// <summary>
/// The dead letters of one topic that nobody has replayed or discarded: their segments stay. At most <paramref name="depth"/> of them; then the oldest is let go. Guarded by the log's gate.
/// </summary>
internal sealed class LetterShelf(int depth)
{
    private readonly SortedDictionary<long, Segment> _letters = [];

    /// <summary>Numbers of letters that are settled.</summary>
    public IntervalSet Settled { get; } = new();

    /// <summary>Letters kept, oldest first.</summary>
    public IEnumerable<long> Sequences => _letters.Keys;

    public bool Holds(long sequence) => _letters.ContainsKey(sequence);

    /// <summary>Keeps a letter and its segment; the answer is the one that had to go for it.</summary>
    public long? Add(long sequence, Segment segment)
    {
        _letters.Add(sequence, segment);
        segment.AddLive(1);
        if (_letters.Count <= depth)
            return null;
        return _letters.Keys.First();
    }

    /// <summary>Takes a letter off; its segment stays until <see cref="Segment.ReleaseLive"/>.</summary>
    public Segment? Take(long sequence) => _letters.Remove(sequence, out var segment) ? segment : null;

    /// <summary>Puts a letter back that was taken.</summary>
    public void PutBack(long sequence, Segment segment) => _letters.Add(sequence, segment);
}
