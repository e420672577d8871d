namespace Sidecar.Components.EmbeddedPubSub;

/// <summary>A set of sequence numbers kept as ranges: what a group has acknowledged is nearly always a few long ranges. Not thread-safe.</summary>
internal sealed class IntervalSet
{
    private readonly List<(long Start, long End)> _ranges = [];

    /// <summary>Ranges in order, both ends included.</summary>
    public IReadOnlyList<(long Start, long End)> Ranges => _ranges;

    public bool Contains(long value)
    {
        var index = LastStartingAtOrBefore(value);
        return index >= 0 && value <= _ranges[index].End;
    }

    /// <summary>Adds one number; false when it was there.</summary>
    public bool Add(long value)
    {
        var index = LastStartingAtOrBefore(value);
        if (index >= 0 && value <= _ranges[index].End)
            return false;

        var joinsLeft = index >= 0 && _ranges[index].End == value - 1;
        var joinsRight = index + 1 < _ranges.Count && _ranges[index + 1].Start == value + 1;
        if (joinsLeft && joinsRight)
        {
            _ranges[index] = (_ranges[index].Start, _ranges[index + 1].End);
            _ranges.RemoveAt(index + 1);
        }
        else if (joinsLeft)
        {
            _ranges[index] = (_ranges[index].Start, value);
        }
        else if (joinsRight)
        {
            _ranges[index + 1] = (value, _ranges[index + 1].End);
        }
        else
        {
            _ranges.Insert(index + 1, (value, value));
        }

        return true;
    }

    /// <summary>Adds a range that comes after all others, as a snapshot lists them.</summary>
    public void AppendRange(long start, long end) => _ranges.Add((start, end));

    /// <summary>Takes one number out.</summary>
    public void Remove(long value)
    {
        var index = LastStartingAtOrBefore(value);
        if (index < 0 || value > _ranges[index].End)
            return;

        var (start, end) = _ranges[index];
        _ranges.RemoveAt(index);
        if (end > value)
            _ranges.Insert(index, (value + 1, end));
        if (start < value)
            _ranges.Insert(index, (start, value - 1));
    }

    private int LastStartingAtOrBefore(long value)
    {
        // Acknowledgements come nearly in order: look at the end first.
        var high = _ranges.Count - 1;
        if (high < 0 || _ranges[high].Start <= value)
            return high;

        var low = 0;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (_ranges[middle].Start <= value)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return high;
    }
}
