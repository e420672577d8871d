using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using ServiceDefaults.State;

namespace ServiceDefaults.Events;

/// <summary>What one service does with the events of one topic.</summary>
/// <param name="Types">CloudEvent type and record of everything that may appear on the topic.</param>
public sealed class EventSubscription(IReadOnlyDictionary<string, Type> Types)
{
    private readonly Dictionary<Type, Func<object, Origin, IServiceProvider, CancellationToken, Task>> _handlers = [];
    private Func<object, bool> _concerns = _ => true;

    /// <summary>Handles only events for which this holds; the others are accepted unread.</summary>
    public EventSubscription Where(Func<object, bool> concerns)
    {
        _concerns = concerns;
        return this;
    }

    /// <summary>Handles one kind of event with a service of the container.</summary>
    public EventSubscription On<TEvent, TService>(Func<TEvent, Origin, TService, CancellationToken, Task> handle)
        where TEvent : class
        where TService : notnull
    {
        _handlers.Add(typeof(TEvent), (@event, origin, services, cancellationToken) => handle((TEvent)@event, origin, (TService)services.GetService(typeof(TService))!, cancellationToken));
        return this;
    }

    /// <summary>Finds the handler of a message.</summary>
    /// <returns>Null when the message does not concern this service.</returns>
    /// <exception cref="JsonException">The message is malformed.</exception>
    /// <exception cref="ImpossibleRequestException">The topic has no such event.</exception>
    internal Func<IServiceProvider, CancellationToken, Task>? Find(EventEnvelope envelope)
    {
        if (!Types.TryGetValue(envelope.Type, out var type))
        {
            throw new ImpossibleRequestException($"'{envelope.Type}' is not an event of this topic");
        }

        if (!_handlers.TryGetValue(type, out var handle))
        {
            return null;
        }

        var @event = envelope.Data.Deserialize(type, WireJson.Options) ?? throw new JsonException("the event has no data");
        return _concerns(@event) ? (services, cancellationToken) => handle(@event, Origin.Message(envelope.Id), services, cancellationToken) : null;
    }
}

/// <summary>The parts of a CloudEvent that matter here.</summary>
internal sealed record EventEnvelope(string Id, string Type, JsonElement Data);
