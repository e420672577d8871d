using Ordering.Contracts;

namespace Gateway.Orders;

/// <summary>An order as a customer sends it. Everything may be missing until it is validated.</summary>
public sealed record SubmitOrderRequest
{
    /// <summary>The customer's reference.</summary>
    public string? CustomerId { get; init; }

    /// <summary><c>orchestrated</c> (the default) or <c>choreographed</c>.</summary>
    public string? Style { get; init; }

    /// <summary>A token of the payment provider, such as <c>card</c>.</summary>
    public string? PaymentMethod { get; init; }

    public AddressRequest? ShipTo { get; init; }

    public IReadOnlyList<OrderLineRequest?>? Lines { get; init; }

    /// <summary>The order, once it is valid.</summary>
    public OrderDetails ToDetails(string orderId) => new(
        orderId,
        ParseStyle(Style)!.Value,
        CustomerId!,
        PaymentMethod!,
        ShipTo!.ToAddress(),
        [.. Lines!.Select(line => new OrderLine(line!.Sku!, line.Quantity!.Value))]);

    internal static CoordinationStyle? ParseStyle(string? style) => style switch
    {
        null or "orchestrated" => CoordinationStyle.Orchestrated,
        "choreographed" => CoordinationStyle.Choreographed,
        _ => null,
    };
}

/// <summary>A postal address as a customer sends it.</summary>
public sealed record AddressRequest
{
    public string? Name { get; init; }

    public string? Street { get; init; }

    public string? City { get; init; }

    public string? Postcode { get; init; }

    public string? Country { get; init; }

    /// <summary>The address, once it is valid.</summary>
    public Address ToAddress() => new(Name!, Street!, City!, Postcode!, Country!);
}

/// <summary>A line as a customer sends it.</summary>
public sealed record OrderLineRequest
{
    public string? Sku { get; init; }

    public int? Quantity { get; init; }
}
