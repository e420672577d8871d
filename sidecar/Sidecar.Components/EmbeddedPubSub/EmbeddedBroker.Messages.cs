using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.EmbeddedPubSub;

/// <content>What lies in the broker, for people: who waits for what, and the dead letters.</content>
public sealed partial class EmbeddedBroker
{
    /// <summary>The broker behind a component, or null when that is another one.</summary>
    public static EmbeddedBroker? Of(IPubSub component) => (component as EmbeddedBrokerPubSub)?.Broker;

    /// <summary>True when a directory holds the log of a broker, running or not.</summary>
    public static bool IsIn(string directory) => File.Exists(Path.Combine(directory, "lock.pid")) && Directory.EnumerateFiles(directory, "*.log").Any();

    /// <summary>All groups and where they stand.</summary>
    public IReadOnlyList<GroupStatus> Status()
    {
        lock (_log.Gate)
            return [.. _registry.Groups.Select(group => group.Status)];
    }

    /// <summary>Messages a group has still to acknowledge, oldest first.</summary>
    public IReadOnlyList<PubSubMessage> Pending(string topic, string group, int max = 100) =>
        Find(topic, group, max, static (found, sequence) => !found.IsAcknowledged(sequence) && !found.IsDead(sequence));

    /// <summary>Messages given up for a group, oldest first.</summary>
    public IReadOnlyList<PubSubMessage> Dead(string topic, string group, int max = 100) =>
        Find(topic, group, max, static (found, sequence) => found.IsDead(sequence));

    /// <summary>Puts given-up messages of a group back in line, or forgets them; says how many there were.</summary>
    public int ResolveDead(string topic, string group, bool revive, long? only = null)
    {
        if (FindGroup(topic, group) is not { } found)
            return 0;
        var resolved = found.ResolveDead(revive, only).ToHashSet();
        if (resolved.Count == 0)
            return 0;
        _writer.JournalChanged();
        Scan(topic, (Segment segment, long position, int length, in LogRecord record) =>
        {
            if (!resolved.Contains(record.Sequence))
                return true;
            if (revive)
                found.TakeRevived(segment, position, length, record);
            else if (segment.ReleaseLive())
                _writer.RequestSweep();
            return true;
        });
        found.Pump();
        return resolved.Count;
    }

    /// <summary>When the oldest message was published that each group has still to acknowledge, by topic and group; one pass over the log.</summary>
    public IReadOnlyDictionary<(string Topic, string Group), DateTimeOffset> OldestPending()
    {
        List<ConsumerGroup> waiting;
        lock (_log.Gate)
            waiting = [.. _registry.Groups.Where(group => group.Status.Pending > 0)];
        var oldest = new Dictionary<(string, string), DateTimeOffset>();
        if (waiting.Count == 0)
            return oldest;
        Scan(null, (Segment segment, long position, int length, in LogRecord record) =>
        {
            for (var i = waiting.Count - 1; i >= 0; i--)
            {
                var group = waiting[i];
                if (!record.IsOf(group.Topic.Name) || group.IsAcknowledged(record.Sequence) || group.IsDead(record.Sequence) || !MessageMarks.IsFor(record.ReadMarks(), group.Name))
                    continue;
                oldest.Add((group.Topic.Name, group.Name), record.PublishedAt);
                waiting.RemoveAt(i);
            }

            return waiting.Count > 0;
        });
        return oldest;
    }

    private void Scan(string? topic, RecordVisitor visit) => _log.Read(new LogPosition(0, Segment.HeaderSize), topic, visit, () => { }, SweepSoon);

    private List<PubSubMessage> Find(string topic, string group, int max, Func<ConsumerGroup, long, bool> wanted)
    {
        var messages = new List<PubSubMessage>();
        if (FindGroup(topic, group) is { } found)
        {
            Scan(topic, (Segment segment, long position, int length, in LogRecord record) =>
            {
                if (wanted(found, record.Sequence))
                    messages.Add(new Entry(segment, position, length, record.Sequence, record.ExpiresAt).ReadMessage());
                return messages.Count < max;
            });
        }

        return messages;
    }

    private ConsumerGroup? FindGroup(string topic, string group)
    {
        lock (_log.Gate)
            return _registry.FindGroup(topic, group);
    }
}
