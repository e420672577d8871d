using System.Text.Json;

namespace ServiceDefaults.Outbox;

/// <summary>How this service's events are published.</summary>
/// <param name="Topic">The one topic it publishes to.</param>
/// <param name="Types">CloudEvent type and record.</param>
/// <param name="Describe">Id, partition key and kind of an event.</param>
public sealed record EventDescription(
    string Topic,
    IReadOnlyDictionary<string, Type> Types,
    Func<object, (string Id, string Key, bool IsCompensation)> Describe)
{
    private readonly Dictionary<Type, string> _names = Types.ToDictionary(type => type.Value, type => type.Key);

    internal bool IsCompensation(object @event) => Describe(@event).IsCompensation;

    internal OutboxRecord ToRecord(object @event, DateTimeOffset at, string? traceParent)
    {
        if (!_names.TryGetValue(@event.GetType(), out var type))
        {
            throw new InvalidOperationException($"{@event.GetType().Name} is not among the events of topic '{Topic}': add it to the contract");
        }

        var (id, key, _) = Describe(@event);
        return new OutboxRecord(id, Topic, type, key, JsonSerializer.SerializeToElement(@event, @event.GetType(), WireJson.Options), at, traceParent);
    }
}
