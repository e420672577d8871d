using FluentValidation;
using Gateway.Api;
using Gateway.Baskets;
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

    [Theory]
    [InlineData("17850", true)]
    [InlineData("a.b_C-9", true)]
    [InlineData("", false)]
    [InlineData("..", false)]
    [InlineData("a/b", false)]
    [InlineData("a||b", false)]
    public void Only_a_plain_reference_can_have_a_basket(string customerId, bool isGood) => Assert.Equal(isGood, CustomerIds.IsGood(customerId));

    [Fact]
    public void A_bad_item_and_a_bad_checkout_are_refused_with_the_field()
    {
        Assert.Equal("Quantity", Assert.Single(new PutItemValidator().Validate(new PutItemRequest { Quantity = 0 }).Errors).PropertyName);
        Assert.Equal("Quantity", Assert.Single(new PutItemValidator().Validate(new PutItemRequest()).Errors).PropertyName);
        Assert.Equal(
            ["PaymentMethod", "ShipTo", "Style"], new CheckOutValidator().Validate(new CheckOutRequest { Style = "improvised" }).Errors.Select(error => error.PropertyName).Distinct().Order());
    }

    [Theory]
    [InlineData("", "1.25", 1, "Sku")]
    [InlineData("A", "0", 1, "UnitPrice")]
    [InlineData("A", "1.255", 1, "UnitPrice")]
    [InlineData("A", "1.25", -1, "Quantity")]
    public void A_bad_catalogue_entry_is_refused_with_the_field(string sku, string unitPrice, int quantity, string field)
    {
        var entry = new CatalogueEntry(sku, "a thing", decimal.Parse(unitPrice, System.Globalization.CultureInfo.InvariantCulture), quantity);

        Assert.Equal(field, Assert.Single(new CatalogueEntryValidator().Validate(entry).Errors.DistinctBy(error => error.PropertyName)).PropertyName);
    }

    [Fact]
    public void The_same_idempotency_key_gives_the_same_order_id()
    {
        Assert.Equal(OrderIds.ForOrder("key"), OrderIds.ForOrder("key"));
        Assert.NotEqual(OrderIds.ForOrder("key"), OrderIds.ForOrder("other"));
        Assert.NotEqual(OrderIds.ForOrder(null), OrderIds.ForOrder(null));
    }
}
