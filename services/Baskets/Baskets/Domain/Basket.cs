using Baskets.Contracts;
using Ordering.Contracts;

namespace Baskets.Domain;

/// <summary>What a customer means to buy.</summary>
/// <param name="Items">In the order in which they were put in, each product once.</param>
/// <param name="CheckingOut">The order that it is becoming. Until Ordering has it nothing changes, so that a repeat is the same order.</param>
/// <param name="LastOrder">The order that it became last: a repeat of its checkout finds it done.</param>
/// <param name="TouchedAt">When the customer last changed it.</param>
public sealed record Basket(IReadOnlyList<BasketItem> Items, OrderDetails? CheckingOut, string? LastOrder, DateTimeOffset TouchedAt)
{
    /// <summary>As many lines as an order may have.</summary>
    public const int MostItems = 1_000;

    public static Basket Empty { get; } = new([], null, null, DateTimeOffset.MinValue);

    public bool IsEmpty => Items.Count == 0;

    /// <summary>So many pieces of a product, however many there were.</summary>
    public Basket Put(BasketItem item, DateTimeOffset now) => this with
    {
        Items = Items.Any(other => other.Sku == item.Sku) ? [.. Items.Select(other => other.Sku == item.Sku ? item : other)] : [.. Items, item],
        TouchedAt = now,
    };

    public Basket Remove(string sku, DateTimeOffset now) => this with { Items = [.. Items.Where(item => item.Sku != sku)], TouchedAt = now };

    public Basket Clear(DateTimeOffset now) => this with { Items = [], TouchedAt = now };

    /// <summary>Why the customer may not change it now; null when they may.</summary>
    public string? WhyFixed() => CheckingOut is { } order ? $"The basket is being checked out as order '{order.OrderId}'." : null;

    /// <summary>Why it cannot become the order; null when it can, or is becoming it already.</summary>
    public string? WhyNotOrder(string orderId) => this switch
    {
        { CheckingOut: { } order } => order.OrderId == orderId ? null : WhyFixed(),
        { IsEmpty: true } => "The basket is empty.",
        _ => null,
    };

    public Basket CheckOut(string customerId, CheckOutBasket command) => this with
    {
        CheckingOut = new OrderDetails(
            command.OrderId, command.Style, customerId, command.PaymentMethod, command.ShipTo, [.. Items.Select(item => new OrderLine(item.Sku, item.Quantity))]),
    };

    /// <summary>Ordering has it.</summary>
    public Basket BecameOrder() => this with { Items = [], CheckingOut = null, LastOrder = CheckingOut!.OrderId };

    /// <summary>Ordering will not have it: the customer may change it again.</summary>
    public Basket StayedBasket() => this with { CheckingOut = null };

    /// <summary>Whether the customer has left it alone for so long that they will not come back.</summary>
    public bool IsAbandoned(DateTimeOffset now, TimeSpan after) => CheckingOut is null && now - TouchedAt >= after;

    public BasketView ToView(string customerId) => new(customerId, Items, CheckingOut?.OrderId);
}
