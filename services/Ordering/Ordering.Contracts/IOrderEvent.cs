namespace Ordering.Contracts;

/// <summary>Something that happened to one order. Every context publishes its own, in both styles; only the choreographed style reacts to them.</summary>
public interface IOrderEvent
{
    /// <summary>The order; also the partition key.</summary>
    string OrderId { get; }

    /// <summary>Who drives the order.</summary>
    CoordinationStyle Style { get; }

    /// <summary>Id of the fact itself, the CloudEvent id: the same fact always has the same id, so a repeat is recognised anywhere.</summary>
    string EventId => $"{OrderId}:{GetType().Name}";
}

/// <summary>An event that says that a step was undone.</summary>
public interface ICompensation;

/// <summary>What generic machinery needs to know of an order event.</summary>
public static class OrderEvents
{
    /// <summary>Id, partition key and kind of an event.</summary>
    public static (string Id, string Key, bool IsCompensation) Describe(object @event)
    {
        var order = (IOrderEvent)@event;
        return (order.EventId, order.OrderId, @event is ICompensation);
    }

    /// <summary>Whether services coordinate this order by reacting to each other's events.</summary>
    public static bool IsChoreographed(object @event) => ((IOrderEvent)@event).Style == CoordinationStyle.Choreographed;
}
