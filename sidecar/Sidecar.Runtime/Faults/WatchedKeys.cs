namespace Sidecar.Runtime.Faults;

/// <summary>Finds which of the watched keys a text speaks of.</summary>
internal sealed class WatchedKeys
{
    private const int ProbeLength = 4;

    public static WatchedKeys None { get; } = new([]);

    private readonly HashSet<string> _keys;
    private readonly List<(string Probe, int Length)> _shapes;

    /// <exception cref="ArgumentException">A key is too short to be found by.</exception>
    public WatchedKeys(IEnumerable<string> keys)
    {
        _keys = new HashSet<string>(keys, StringComparer.Ordinal);
        if (_keys.FirstOrDefault(key => key.Length < ProbeLength) is { } tooShort)
            throw new ArgumentException($"the key '{tooShort}' is too short: give at least {ProbeLength} characters", nameof(keys));

        // Keys mostly begin alike and are equally long: one search for their beginning, and a look-up where it is found.
        _shapes = [.. _keys.Select(key => (key[..ProbeLength], key.Length)).Distinct()];
    }

    public WatchedKeys With(IEnumerable<string> more) => new(_keys.Concat(more));

    /// <summary>The one key the texts speak of; null when there is none, or more than one: then the work belongs to nobody in particular.</summary>
    public string? TheOneIn(IEnumerable<string> texts)
    {
        string? found = null;
        foreach (var text in texts)
        {
            foreach (var (probe, length) in _shapes)
            {
                if (!TryFind(text, probe, length, ref found))
                    return null;
            }
        }

        return found;
    }

    /// <summary>False when another key than the one found so far is there too.</summary>
    private bool TryFind(string text, string probe, int length, ref string? found)
    {
        var lookup = _keys.GetAlternateLookup<ReadOnlySpan<char>>();
        var from = 0;
        while (text.AsSpan(from).IndexOf(probe, StringComparison.Ordinal) is >= 0 and var at)
        {
            from += at;
            if (from + length > text.Length)
                return true;
            if (lookup.TryGetValue(text.AsSpan(from, length), out var key))
            {
                if (found is not null && found != key)
                    return false;
                found = key;
                from += length;
            }
            else
            {
                from++;
            }
        }

        return true;
    }
}
