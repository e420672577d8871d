namespace Sidecar.Components.EmbeddedPubSub;

/// <summary>A topic: its next sequence number and its groups. Guarded by the log's gate.</summary>
internal sealed class Topic(string name, int deadLetterDepth)
{
    public string Name { get; } = name;

    public long NextSequence { get; set; } = 1;

    public List<ConsumerGroup> Groups { get; } = [];

    /// <summary>Dead letters that lie here.</summary>
    public LetterShelf Letters { get; } = new(deadLetterDepth);

    public ConsumerGroup? FindGroup(string name) => Groups.Find(group => group.Name == name);
}

/// <summary>The topics and groups of a broker, restored from the group journal. Guarded by the log's gate.</summary>
internal sealed class TopicRegistry(EmbeddedBroker broker, EmbeddedBrokerOptions options) : IGroupJournalReader
{
    private readonly Dictionary<string, Topic> _topics = new(StringComparer.Ordinal);
    private readonly Dictionary<int, ConsumerGroup> _groups = [];
    private int _nextGroupId = 1;

    public IEnumerable<Topic> Topics => _topics.Values;

    public IEnumerable<ConsumerGroup> Groups => _groups.Values;

    public Topic Get(string name)
    {
        if (!_topics.TryGetValue(name, out var topic))
            _topics.Add(name, topic = new Topic(name, options.DeadLetterDepth));
        return topic;
    }

    public Topic? Find(string name) => _topics.GetValueOrDefault(name);

    public ConsumerGroup? FindGroup(string topic, string group) => _topics.TryGetValue(topic, out var found) ? found.FindGroup(group) : null;

    public ConsumerGroup AddGroup(Topic topic, string name)
    {
        var group = new ConsumerGroup(broker, _nextGroupId++, topic, name, options.QueueDepth);
        topic.Groups.Add(group);
        _groups.Add(group.Id, group);
        return group;
    }

    public void WriteTo(GroupJournal.Snapshot snapshot)
    {
        foreach (var topic in Topics)
        {
            snapshot.NextSequence(topic.Name, topic.NextSequence);
            foreach (var (start, end) in topic.Letters.Settled.Ranges)
            {
                snapshot.Settled(topic.Name, start, end);
            }
        }

        foreach (var group in Groups)
        {
            group.WriteTo(snapshot);
        }
    }

    public void OnGroup(int id, string topic, string name)
    {
        // A change may stand both in the snapshot and after it.
        if (_groups.ContainsKey(id))
            return;
        var next = Math.Max(_nextGroupId, id + 1);
        _nextGroupId = id;
        AddGroup(Get(topic), name);
        _nextGroupId = next;
    }

    public void OnRange(int id, long start, long end) => _groups[id].Restore((acknowledged, _) => acknowledged.AppendRange(start, end));

    public void OnAcknowledged(int id, long sequence) => _groups[id].Restore((acknowledged, dead) =>
    {
        acknowledged.Add(sequence);
        dead.Remove(sequence);
    });

    public void OnDead(int id, DeadMessage message) => _groups[id].Restore((_, dead) => dead[message.Sequence] = message);

    public void OnRevived(int id, long sequence) => _groups[id].Restore((_, dead) => dead.Remove(sequence));

    public void OnNextSequence(string topic, long next)
    {
        var found = Get(topic);
        found.NextSequence = Math.Max(found.NextSequence, next);
    }

    public void OnSettled(string topic, long start, long end)
    {
        // A change may stand both in the snapshot and after it, so a range cannot simply be appended.
        for (var sequence = start; sequence <= end; sequence++)
            Get(topic).Letters.Settled.Add(sequence);
    }
}
