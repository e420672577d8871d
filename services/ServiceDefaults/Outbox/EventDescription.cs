using System.Text.Json;

namespace ServiceDefaults.Outbox;

/// <summary>Events that a service publishes to one topic.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Types">CloudEvent type and record.</param>
public sealed record PublishedEvents(string Topic, IReadOnlyDictionary<string, Type> Types);

/// <summary>How this service's events are published.</summary>
/// <param name="describe">Id, partition key and kind of an event.</param>
/// <param name="published">The topics.</param>
public sealed class EventDescription(Func<object, (string Id, string Key, bool IsCompensation)> describe, IEnumerable<PublishedEvents> published)
{
    private readonly Dictionary<Type, (string Topic, string Name)> _names =
        published.SelectMany(topic => topic.Types.Select(type => (topic.Topic, Name: type.Key, type.Value))).ToDictionary(type => type.Value, type => (type.Topic, type.Name));

    internal bool IsCompensation(object @event) => describe(@event).IsCompensation;

    internal OutboxRecord ToRecord(object @event, DateTimeOffset at, string? traceParent)
    {
        if (!_names.TryGetValue(@event.GetType(), out var type))
        {
            throw new InvalidOperationException($"{@event.GetType().Name} is not published to any topic: add it to the contract");
        }

        var (id, key, _) = describe(@event);
        return new OutboxRecord(id, type.Topic, type.Name, key, JsonSerializer.SerializeToElement(@event, @event.GetType(), WireJson.Options), at, traceParent);
    }
}
