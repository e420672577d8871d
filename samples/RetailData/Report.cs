using System.Globalization;

namespace RetailData;

/// <summary>Says in plain text what became of the invoices.</summary>
public static class Report
{
    /// <summary>Writes the report.</summary>
    public static void Write(Retail retail, TextWriter output)
    {
        var lines = retail.Orders.Sum(order => order.Lines.Count);
        var worth = retail.Orders.SelectMany(order => order.Lines).Sum(line => line.Quantity * line.InvoicedPrice);
        var stock = OpeningStock.For(retail.Orders);
        var shortOnes = stock.Where(one => one.IsShort).ToList();
        output.WriteLine($"orders            {retail.Orders.Count,6:N0}   {lines:N0} lines, {Pounds(worth)}, {retail.Orders.Select(order => order.Customer).Distinct().Count()} customers, {retail.Orders.Select(order => order.Country).Distinct().Count()} countries");
        output.WriteLine($"products          {retail.Catalogue.Count,6:N0}   from {Pounds(retail.Catalogue.Min(one => one.UnitPrice))} to {Pounds(retail.Catalogue.Max(one => one.UnitPrice))}");
        output.WriteLine($"opening stock     {stock.Sum(one => one.Quantity),6:N0}   pieces; {shortOnes.Count} products are short and {OrdersThatMayFail(retail, shortOnes)} orders ask for one of them");
        output.WriteLine($"returns           {retail.Returns.Count,6:N0}   of {retail.Returns.Select(one => one.Invoice).Distinct().Count()} orders");
        output.WriteLine($"unmatched returns {retail.UnmatchedReturns.Count,6:N0}");
        output.WriteLine($"skipped lines     {retail.Skipped.Count,6:N0}");

        Section(output, "Skipped, by reason", retail.Skipped.GroupBy(one => one.Reason).OrderByDescending(group => group.Count())
            .Select(group => $"{group.Count(),6:N0}  {group.Key} (first: line {group.First().Line.Number})"));
        Section(output, "Largest orders", retail.Orders.OrderByDescending(Worth).Take(8)
            .Select(order => $"{order.Invoice}  {Pounds(Worth(order)),11}  {order.Lines.Count,4} lines  customer {order.Customer}, {order.Country}"));
        Section(output, "Orders by country", retail.Orders.GroupBy(order => order.Country).OrderByDescending(group => group.Count())
            .Select(group => $"{group.Count(),6:N0}  {group.Key}"));
        Section(output, "Short products", shortOnes.Select(one => $"{one.Sku,-8} {one.Quantity,5:N0} pieces  {retail.Catalogue.First(product => product.Sku == one.Sku).Description}"));
        Section(output, "Returns", retail.Returns.Select(one => $"{one.Cancellation} takes back {one.Quantity} x {one.Sku} of {one.Invoice}"));
        Section(output, "Unmatched returns", retail.UnmatchedReturns.Select(one => $"line {one.Line.Number}: {one.Line.Invoice} {one.Line.Quantity} x {one.Line.Code} of customer {one.Line.Customer}: {one.Reason}"));
    }

    private static void Section(TextWriter output, string title, IEnumerable<string> lines)
    {
        output.WriteLine();
        output.WriteLine(title);
        foreach (var line in lines)
            output.WriteLine($"  {line}");
    }

    private static int OrdersThatMayFail(Retail retail, IEnumerable<OpeningStock> shortOnes)
    {
        var skus = shortOnes.Select(one => one.Sku).ToHashSet();
        return retail.Orders.Count(order => order.Lines.Any(line => skus.Contains(line.Sku)));
    }

    private static decimal Worth(RetailOrder order) => order.Lines.Sum(line => line.Quantity * line.InvoicedPrice);

    private static string Pounds(decimal amount) => "£" + amount.ToString("N2", CultureInfo.InvariantCulture);
}
