namespace Sidecar.Components.EmbeddedPubSub;

/// <content>What is not in line: given up, put back by a person, meant for another group, or done.</content>
internal sealed partial class ConsumerGroup
{
    /// <summary>A message of the topic that is not for this group counts as done.</summary>
    public void Skip(long sequence)
    {
        lock (_lock)
            _acknowledged.Add(sequence);
    }

    /// <summary>Messages given up.</summary>
    public IReadOnlyList<DeadMessage> GivenUp
    {
        get
        {
            lock (_lock)
                return [.. _dead.Values];
        }
    }

    /// <summary>Puts given-up messages back in line, or forgets them; says which.</summary>
    public IReadOnlyList<long> ResolveDead(bool revive, long? only)
    {
        List<long> sequences;
        lock (_lock)
        {
            sequences = [.. _dead.Keys.Where(sequence => only is null || sequence == only).Order()];
            foreach (var sequence in sequences)
            {
                _dead.Remove(sequence);
                if (revive)
                {
                    _pending++;
                    broker.Journal.Revive(Id, sequence);
                }
                else
                {
                    _acknowledged.Add(sequence);
                    broker.Journal.Acknowledge(Id, sequence);
                }
            }
        }

        return sequences;
    }

    /// <summary>Puts a revived message back in line, unless catching up will come across it.</summary>
    public void TakeRevived(Segment segment, long position, int length, in LogRecord record)
    {
        lock (_lock)
        {
            if (_behind is { } behind && (segment.Id, position).CompareTo((behind.SegmentId, behind.Position)) >= 0)
                return;
            Enqueue(new Entry(segment, position, length, record.Sequence, record.ExpiresAt), record.Key);
        }
    }

    public bool IsDead(long sequence)
    {
        lock (_lock)
            return _dead.ContainsKey(sequence);
    }

    public bool IsAcknowledged(long sequence)
    {
        lock (_lock)
            return _acknowledged.Contains(sequence);
    }

    public void WriteTo(GroupJournal.Snapshot snapshot)
    {
        lock (_lock)
        {
            snapshot.Group(Id, Topic.Name, Name);
            snapshot.Ranges(Id, _acknowledged.Ranges);
            foreach (var dead in _dead.Values)
            {
                snapshot.Dead(Id, dead);
            }
        }
    }
}
