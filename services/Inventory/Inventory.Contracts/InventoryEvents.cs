using Ordering.Contracts;

namespace Inventory.Contracts;

/// <summary>What Inventory publishes, on the topic <see cref="Topic"/>.</summary>
public static class InventoryEvents
{
    public const string Topic = "inventory";

    /// <summary>CloudEvent type and record of every event on the topic.</summary>
    public static IReadOnlyDictionary<string, Type> Types { get; } = new Dictionary<string, Type>
    {
        ["inventory.stock-reserved.v1"] = typeof(StockReserved),
        ["inventory.stock-refused.v1"] = typeof(StockRefused),
        ["inventory.stock-released.v1"] = typeof(StockReleased),
        ["inventory.stock-shipped.v1"] = typeof(StockShipped),
        ["inventory.stock-returned.v1"] = typeof(StockReturned),
    };
}

/// <summary>Every line is held for the order.</summary>
public sealed record StockReserved(string OrderId, CoordinationStyle Style, decimal Amount) : IOrderEvent;

/// <summary>A line cannot be held; nothing was.</summary>
public sealed record StockRefused(string OrderId, CoordinationStyle Style, Failure Failure) : IOrderEvent;

/// <summary>Nothing is held for the order, and nothing will be: the last compensation.</summary>
public sealed record StockReleased(string OrderId, CoordinationStyle Style, Failure Failure) : IOrderEvent, ICompensation;

/// <summary>What was held has left the house.</summary>
public sealed record StockShipped(string OrderId, CoordinationStyle Style) : IOrderEvent;

/// <summary>Returned lines are on the shelf again.</summary>
public sealed record StockReturned(string OrderId, CoordinationStyle Style, string ReturnId) : IOrderEvent
{
    public string EventId => $"{OrderId}:{nameof(StockReturned)}:{ReturnId}";
}
