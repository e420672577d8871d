using FluentValidation;
using Gateway.Api;
using Gateway.Orders;

namespace Services.Tests.Gateway;

/// <summary>Bad input is refused at the edge, with the field's name.</summary>
public sealed class ValidationTests
{
    private static readonly SubmitOrderRequest _good = new()
    {
        CustomerId = "17850",
        PaymentMethod = "card",
        ShipTo = new AddressRequest { Name = "Ada", Street = "1 High Street", City = "London", Postcode = "N1 1AA", Country = "United Kingdom" },
        Lines = [new OrderLineRequest { Sku = "85123A", Quantity = 1 }],
    };

    [Fact]
    public void A_good_order_is_accepted() => Assert.True(new SubmitOrderValidator().Validate(_good).IsValid);

    public static TheoryData<string, SubmitOrderRequest> BadOrders() => new()
    {
        { "CustomerId", _good with { CustomerId = " " } },
        { "Style", _good with { Style = "improvised" } },
        { "PaymentMethod", _good with { PaymentMethod = null } },
        { "ShipTo", _good with { ShipTo = null } },
        { "ShipTo.Postcode", _good with { ShipTo = _good.ShipTo! with { Postcode = null } } },
        { "Lines", _good with { Lines = [] } },
        { "Lines", _good with { Lines = null } },
        { "Lines[0]", _good with { Lines = [null] } },
        { "Lines[0].Sku", _good with { Lines = [new OrderLineRequest { Quantity = 1 }] } },
        { "Lines[0].Quantity", _good with { Lines = [new OrderLineRequest { Sku = "A" }] } },
        { "Lines[0].Quantity", _good with { Lines = [new OrderLineRequest { Sku = "A", Quantity = 0 }] } },
        { "Lines[0].Quantity", _good with { Lines = [new OrderLineRequest { Sku = "A", Quantity = -1 }] } },
        { "Lines[0].Quantity", _good with { Lines = [new OrderLineRequest { Sku = "A", Quantity = int.MaxValue }] } },
    };

    [Theory]
    [MemberData(nameof(BadOrders))]
    public void A_bad_order_is_refused_with_the_field(string field, SubmitOrderRequest order) =>
        Assert.Contains(new SubmitOrderValidator().Validate(order).Errors, error => error.PropertyName == field);

    [Fact]
    public void A_bad_catalogue_entry_is_refused_with_its_place()
    {
        IReadOnlyList<CatalogueEntry> entries = [new("A", "good", 1.25m, 1), new("B", "for nothing", 0, 1), new("C", "fractions of a penny", 1.255m, 1), new("D", "less than none", 1, -1)];

        var result = new CatalogueValidator().Validate(entries);

        Assert.Equal(["[1].UnitPrice", "[2].UnitPrice", "[3].Quantity"], result.Errors.Select(error => error.PropertyName.Replace("x", string.Empty, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_same_idempotency_key_gives_the_same_order_id()
    {
        Assert.Equal(OrderIds.ForOrder("key"), OrderIds.ForOrder("key"));
        Assert.NotEqual(OrderIds.ForOrder("key"), OrderIds.ForOrder("other"));
        Assert.NotEqual(OrderIds.ForOrder(null), OrderIds.ForOrder(null));
    }
}
