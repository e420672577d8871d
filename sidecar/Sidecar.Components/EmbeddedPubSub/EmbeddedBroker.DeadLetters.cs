using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.EmbeddedPubSub;

/// <summary>A message that could not be handled and waits for a person.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Origin">Where it comes from and why.</param>
/// <param name="At">When it was set aside; for one that the broker itself gave up, when it was published.</param>
/// <param name="Deliveries">Deliveries before the broker gave up; null on a dead-letter topic.</param>
/// <param name="Message">The message with its CloudEvent.</param>
public sealed record DeadLetter(LetterId Id, DeadLetterOrigin Origin, DateTimeOffset At, int? Deliveries, PubSubMessage Message);

/// <content>
/// Dead letters. The runtime sets most of them aside on a subscription's dead-letter topic; a broker with <c>maxDeliver</c> gives others up in place. Both stay until a person settles them.
/// </content>
public sealed partial class EmbeddedBroker
{
    /// <summary>All dead letters, in the order they lie in the log.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters(int max = 1000)
    {
        Dictionary<(string Topic, long Sequence), List<(string Group, DeadMessage Dead)>> givenUp = [];
        HashSet<(string Topic, long Sequence)> shelved;
        lock (_log.Gate)
        {
            shelved = [.. _registry.Topics.SelectMany(topic => topic.Letters.Sequences.Select(sequence => (topic.Name, sequence)))];
            foreach (var group in _registry.Groups)
            {
                foreach (var dead in group.GivenUp)
                {
                    if (!givenUp.TryGetValue((group.Topic.Name, dead.Sequence), out var groups))
                        givenUp.Add((group.Topic.Name, dead.Sequence), groups = []);
                    groups.Add((group.Name, dead));
                }
            }
        }

        var letters = new List<DeadLetter>();
        if (shelved.Count == 0 && givenUp.Count == 0)
            return letters;
        Scan(null, (Segment segment, long position, int length, in LogRecord record) =>
        {
            var place = (Topic: System.Text.Encoding.UTF8.GetString(record.Topic), record.Sequence);
            if (shelved.Contains(place) && record.ReadMarks()?.Origin is { } origin)
                letters.Add(new DeadLetter(new LetterId(place.Topic, place.Sequence), origin, record.PublishedAt, null, Read(segment, position, length, record)));
            foreach (var (group, dead) in givenUp.GetValueOrDefault(place) ?? [])
            {
                letters.Add(new DeadLetter(
                    new LetterId(place.Topic, place.Sequence, group), new DeadLetterOrigin(place.Topic, group, dead.Reason), record.PublishedAt, dead.Deliveries,
                    Read(segment, position, length, record)));
            }

            return letters.Count < max;
        });
        return letters;
    }

    /// <summary>Delivers a dead letter once more to the group that could not take it, and settles it by the same write; false when it is settled already.</summary>
    /// <exception cref="IOException">It could not be written; it stays a dead letter.</exception>
    /// <exception cref="InvalidOperationException">Its group is gone.</exception>
    public async Task<bool> ReplayAsync(LetterId id, CancellationToken cancellationToken)
    {
        if (id.Group is not null)
            return ResolveDead(id.Topic, id.Group, revive: true, id.Sequence) > 0;
        if (DeadLetters(int.MaxValue).FirstOrDefault(letter => letter.Id == id) is not { } found)
            return false;
        if (FindGroup(found.Origin.Topic, found.Origin.Group) is null)
            throw new InvalidOperationException($"'{id}' came from group '{found.Origin.Group}' of topic '{found.Origin.Topic}', which is not there any more; publish it anew, or discard it");

        // Whoever takes it off the shelf replays it: two people who ask at once deliver it once.
        if (Take(id) is not { } segment)
            return false;
        try
        {
            await PublishAsync([MessageMarks.Replay(found.Message, found.Origin, id)], cancellationToken);
        }
        catch (IOException)
        {
            lock (_log.Gate)
                _registry.Get(id.Topic).Letters.PutBack(id.Sequence, segment);
            throw;
        }

        Release(segment);
        return true;
    }

    /// <summary>Forgets a dead letter; false when it is settled already.</summary>
    public bool Discard(LetterId id)
    {
        if (id.Group is not null)
            return ResolveDead(id.Topic, id.Group, revive: false, id.Sequence) > 0;
        if (Take(id) is not { } segment)
            return false;
        lock (_log.Gate)
            Settle(_registry.Get(id.Topic), id.Sequence);
        Release(segment);
        return true;
    }

    private static PubSubMessage Read(Segment segment, long position, int length, in LogRecord record) =>
        new Entry(segment, position, length, record.Sequence, record.ExpiresAt).ReadMessage();

    private Segment? Take(LetterId id)
    {
        lock (_log.Gate)
            return _registry.Find(id.Topic)?.Letters.Take(id.Sequence);
    }

    private void Release(Segment segment)
    {
        if (segment.ReleaseLive())
            _writer.RequestSweep();
    }

    /// <summary>Minds what a marked message means; under the gate, for a new message and for one of an earlier run.</summary>
    private void Note(Topic topic, Segment segment, long sequence, MessageMarks marks)
    {
        if (marks.Origin is not null && !topic.Letters.Settled.Contains(sequence) && topic.Letters.Add(sequence, segment) is { } tooMany)
        {
            BrokerLog.LetterLetGo(_logger, topic.Name, tooMany);
            Settle(topic, tooMany);
            topic.Letters.Take(tooMany)?.ReleaseLive();
        }

        if (marks.ReplayOf is { } letter)
        {
            var from = _registry.Get(letter.Topic);
            Settle(from, letter.Sequence);
            // Only after a crash is it still on the shelf.
            from.Letters.Take(letter.Sequence)?.ReleaseLive();
        }
    }

    private void Settle(Topic topic, long sequence)
    {
        if (!topic.Letters.Settled.Add(sequence))
            return;
        Journal.Settle(topic.Name, sequence);
        _writer.JournalChanged();
    }
}
