using RetailData;

namespace Samples.Tests;

public sealed class RetailTests
{
    private static readonly Retail s_retail = Retail.FromSample();

    [Fact]
    public void Every_line_of_the_file_ends_in_exactly_one_place()
    {
        var lines = InvoiceFile.ReadSample();
        Assert.Equal(9999, lines.Count);
        Assert.Equal(lines.Count, s_retail.Orders.Sum(order => order.Lines.Count) + s_retail.Returns.Count + s_retail.UnmatchedReturns.Count + s_retail.Skipped.Count);
    }

    [Fact]
    public void Every_order_has_a_customer_and_lines_that_the_catalogue_knows()
    {
        var known = s_retail.Catalogue.ToDictionary(product => product.Sku);
        Assert.Equal(400, s_retail.Orders.Count);
        Assert.Equal(s_retail.Orders.Count, s_retail.Orders.Select(order => order.Invoice).Distinct().Count());
        Assert.All(s_retail.Orders, order =>
        {
            Assert.NotEmpty(order.Customer);
            Assert.NotEmpty(order.Country);
            Assert.NotEmpty(order.Lines);
            Assert.All(order.Lines, line => Assert.True(known.ContainsKey(line.Sku) && line.Quantity > 0 && line.InvoicedPrice > 0));
        });
        Assert.All(s_retail.Catalogue, product => Assert.True(product.UnitPrice > 0 && product.Description.Length > 0));
    }

    [Theory]
    [InlineData("postage, not a product")]
    [InlineData("manual entry, not a product")]
    [InlineData("discount, not a product")]
    [InlineData("carriage, not a product")]
    [InlineData("bank charges, not a product")]
    [InlineData("stock correction")]
    [InlineData("no price")]
    [InlineData("no customer")]
    public void What_is_no_sale_is_skipped_with_its_reason(string reason) => Assert.Contains(s_retail.Skipped, one => one.Reason == reason);

    [Fact]
    public void A_line_is_skipped_for_the_first_reason_that_applies()
    {
        var retail = Retail.From(
        [
            Line(1, "1", "POST", 1, 0, customer: ""),
            Line(2, "1", "12345", -1, 0, customer: ""),
            Line(3, "1", "12345", 1, 0, customer: ""),
            Line(4, "1", "12345", 1, 1, customer: ""),
            Line(5, "1", "GIFT_0001", 1, 1),
            Line(6, "C2", "D", -1, 1),
        ]);
        Assert.Equal(
            ["postage, not a product", "stock correction", "no price", "no customer", "not a product code", "discount, not a product"],
            retail.Skipped.Select(one => one.Reason));
        Assert.Empty(retail.Orders);
    }

    [Fact]
    public void The_same_product_twice_in_one_invoice_stays_two_lines()
    {
        var retail = Retail.From([Line(1, "1", "12345A", 2, 1.5m), Line(2, "1", "12345A", 3, 1.25m)]);
        Assert.Equal([new RetailOrderLine("12345A", 2, 1.5m), new RetailOrderLine("12345A", 3, 1.25m)], Assert.Single(retail.Orders).Lines);
    }

    [Fact]
    public void The_catalogue_takes_the_price_invoiced_most_often_and_the_lower_of_two()
    {
        var retail = Retail.From(
            [Line(1, "1", "11111", 1, 2m), Line(2, "2", "11111", 1, 3m), Line(3, "3", "11111", 1, 3m), Line(4, "4", "22222", 1, 5m), Line(5, "5", "22222", 1, 4m)]);
        Assert.Equal([3m, 4m], retail.Catalogue.Select(product => product.UnitPrice));
    }

    [Fact]
    public void A_cancellation_is_a_return_of_the_sale_with_its_quantity_or_else_of_the_latest_with_enough_left()
    {
        var retail = Retail.From(
        [
            Line(1, "1", "12345", 5, 1), Line(2, "2", "12345", 9, 1), Line(3, "3", "12345", 7, 1),
            Line(4, "C4", "12345", -5, 1), Line(5, "C5", "12345", -4, 1), Line(6, "C6", "12345", -4, 1), Line(7, "C7", "12345", -8, 1),
        ]);
        Assert.Equal(["1", "3", "2"], retail.Returns.Select(one => one.Invoice));
        Assert.Equal([5, 4, 4], retail.Returns.Select(one => one.Quantity));
        Assert.Equal("no earlier sale to this customer has 8 pieces left", Assert.Single(retail.UnmatchedReturns).Reason);
    }

    [Theory]
    [InlineData("other product", "99999", "17850", 2)]
    [InlineData("other customer", "12345", "99999", 2)]
    [InlineData("later sale", "12345", "17850", 1)]
    public void A_cancellation_without_an_earlier_sale_is_listed(string because, string code, string customer, int day)
    {
        var retail = Retail.From(
            [Line(1, "1", "12345", 5, 1) with { Date = new DateOnly(2010, 12, 2) }, Line(2, "C2", code, -5, 1, customer) with { Date = new DateOnly(2010, 12, day) }]);
        Assert.NotEmpty(because);
        Assert.Empty(retail.Returns);
        Assert.Equal("no earlier sale of this product to this customer in the file", Assert.Single(retail.UnmatchedReturns).Reason);
    }

    [Fact]
    public void No_sale_is_returned_twice()
    {
        var sold = s_retail.Orders.SelectMany(order => order.Lines.Select(line => (order.Invoice, line))).GroupBy(one => (one.Invoice, one.line.Sku))
            .ToDictionary(group => group.Key, group => group.Sum(one => one.line.Quantity));
        Assert.NotEmpty(s_retail.Returns);
        Assert.All(s_retail.Returns.GroupBy(one => (one.Invoice, one.Sku)), group => Assert.InRange(group.Sum(one => one.Quantity), 1, sold[group.Key]));
    }

    [Fact]
    public void Opening_stock_lasts_for_most_orders_and_not_for_all()
    {
        var stock = OpeningStock.For(s_retail.Orders).ToDictionary(one => one.Sku, one => one.Quantity);
        var refused = 0;
        foreach (var order in s_retail.Orders)
        {
            var wanted = order.Lines.GroupBy(line => line.Sku).ToDictionary(group => group.Key, group => group.Sum(line => line.Quantity));
            if (wanted.Any(one => stock[one.Key] < one.Value))
                refused++;
            else
                wanted.ToList().ForEach(one => stock[one.Key] -= one.Value);
        }

        Assert.InRange(refused, 10, 60);
    }

    [Fact]
    public void Only_short_products_start_with_less_than_is_ordered()
    {
        var ordered = s_retail.Orders.SelectMany(order => order.Lines).GroupBy(line => line.Sku).ToDictionary(group => group.Key, group => group.Sum(line => line.Quantity));
        var stock = OpeningStock.For(s_retail.Orders);
        Assert.Equal(ordered.Count, stock.Count);
        Assert.All(stock, one => Assert.Equal(one.IsShort, one.Quantity < ordered[one.Sku]));
    }

    private static InvoiceLine Line(int number, string invoice, string code, int quantity, decimal price, string customer = "17850") =>
        new(number, invoice, code, "THING", quantity, new DateOnly(2010, 12, 1), price, customer, "United Kingdom");
}
