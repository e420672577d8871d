using System.Text.RegularExpressions;

namespace RetailData;

/// <summary>A product as the shop sells it.</summary>
public sealed record RetailProduct(string Sku, string Description, decimal UnitPrice);

/// <summary>A line of an order.</summary>
/// <param name="Sku">Product.</param>
/// <param name="Quantity">Pieces, at least one.</param>
/// <param name="InvoicedPrice">What the customer really paid for one piece; the catalogue's price may differ.</param>
public sealed record RetailOrderLine(string Sku, int Quantity, decimal InvoicedPrice);

/// <summary>An invoice as an order.</summary>
public sealed record RetailOrder(string Invoice, string Customer, string Country, DateOnly Date, IReadOnlyList<RetailOrderLine> Lines);

/// <summary>A line that is no sale, and why.</summary>
public sealed record SkippedLine(InvoiceLine Line, string Reason);

/// <summary>Pieces that came back.</summary>
/// <param name="Cancellation">The cancellation's number.</param>
/// <param name="Invoice">The order they belong to.</param>
/// <param name="Sku">Product.</param>
/// <param name="Quantity">Pieces, at least one.</param>
public sealed record RetailReturn(string Cancellation, string Invoice, string Sku, int Quantity);

/// <summary>A cancelled line without a sale in the file, and why.</summary>
public sealed record UnmatchedReturn(InvoiceLine Line, string Reason);

/// <summary>What a file of invoices says. Every line of the file is in exactly one place.</summary>
/// <param name="Orders">In the order of the file.</param>
/// <param name="Catalogue">Every product of the orders, by code.</param>
/// <param name="Returns">In the order of the file.</param>
/// <param name="UnmatchedReturns">In the order of the file.</param>
/// <param name="Skipped">In the order of the file.</param>
public sealed partial record Retail(
    IReadOnlyList<RetailOrder> Orders,
    IReadOnlyList<RetailProduct> Catalogue,
    IReadOnlyList<RetailReturn> Returns,
    IReadOnlyList<UnmatchedReturn> UnmatchedReturns,
    IReadOnlyList<SkippedLine> Skipped)
{
    /// <summary>Reads the invoices that come with the samples.</summary>
    public static Retail FromSample() => From(InvoiceFile.ReadSample());

    /// <summary>Sorts lines into orders, returns and what is neither.</summary>
    public static Retail From(IReadOnlyList<InvoiceLine> lines)
    {
        var skipped = lines.Select(line => (Line: line, Reason: ReasonToSkip(line))).Where(one => one.Reason is not null)
            .Select(one => new SkippedLine(one.Line, one.Reason!)).ToList();
        var skippedNumbers = skipped.Select(one => one.Line.Number).ToHashSet();
        var kept = lines.Where(line => !skippedNumbers.Contains(line.Number)).ToLookup(line => line.IsCancellation);
        var sales = kept[false].ToList();

        var orders = sales.GroupBy(line => line.Invoice).Select(invoice => new RetailOrder(
            invoice.Key, invoice.First().Customer, invoice.First().Country, invoice.First().Date,
            [.. invoice.Select(line => new RetailOrderLine(line.Code, line.Quantity, line.UnitPrice))])).ToList();
        var (returns, unmatched) = ReturnMatching.Match(sales, kept[true]);
        return new Retail(orders, CatalogueOf(sales), returns, unmatched, skipped);
    }

    private static List<RetailProduct> CatalogueOf(IEnumerable<InvoiceLine> sales) =>
        [.. sales.GroupBy(line => line.Code).OrderBy(product => product.Key, StringComparer.Ordinal).Select(product => new RetailProduct(
            product.Key, MostFrequent(product.Select(line => line.Description), StringComparer.Ordinal), MostFrequent(product.Select(line => line.UnitPrice), null)))];

    private static T MostFrequent<T>(IEnumerable<T> values, IComparer<T>? order) =>
        values.GroupBy(value => value).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, order).First().Key;

    private static string? ReasonToSkip(InvoiceLine line) => line switch
    {
        { Code: "POST" or "DOT" } => "postage, not a product",
        { Code: "M" } => "manual entry, not a product",
        { Code: "D" } => "discount, not a product",
        { Code: "C2" } => "carriage, not a product",
        { Code: "BANK CHARGES" } => "bank charges, not a product",
        _ when !ProductCode().IsMatch(line.Code) => "not a product code",
        { IsCancellation: false, Quantity: <= 0 } => "stock correction",
        { UnitPrice: <= 0 } => "no price",
        { Customer: "" } => "no customer",
        { IsCancellation: true, Quantity: >= 0 } => "cancellation without a quantity",
        _ => null,
    };

    [GeneratedRegex("^[0-9]{5}[A-Z]{0,2}$")]
    private static partial Regex ProductCode();
}
