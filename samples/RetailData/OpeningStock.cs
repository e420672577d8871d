namespace RetailData;

/// <summary>Stock of one product before the first order.</summary>
/// <param name="Sku">Product.</param>
/// <param name="Quantity">Pieces.</param>
/// <param name="IsShort">Fewer than will be ordered.</param>
public sealed record OpeningStock(string Sku, int Quantity, bool IsShort)
{
    private const int OrdersOfAShortProduct = 3;
    private const int EveryNth = 40;
    private const int Dozen = 12;

    /// <summary>
    /// Stock for the orders that are to be replayed: what they ask for in all, in whole dozens, but only half of it for every 40th product that at least
    /// three of them ask for. The rule depends on nothing but the orders.
    /// </summary>
    public static IReadOnlyList<OpeningStock> For(IReadOnlyCollection<RetailOrder> orders)
    {
        var products = orders
            .SelectMany(order => order.Lines.Select(line => (order, line)))
            .GroupBy(one => one.line.Sku)
            .OrderBy(product => product.Key, StringComparer.Ordinal)
            .Select(product => (Sku: product.Key, Pieces: product.Sum(one => one.line.Quantity), Orders: product.Select(one => one.order).Distinct().Count()))
            .ToList();
        var shortOnes = products.Where(product => product.Orders >= OrdersOfAShortProduct).Where((_, i) => i % EveryNth == EveryNth - 1)
            .Select(product => product.Sku).ToHashSet();
        return [.. products.Select(product => shortOnes.Contains(product.Sku)
            ? new OpeningStock(product.Sku, product.Pieces / 2, true)
            : new OpeningStock(product.Sku, (product.Pieces + Dozen - 1) / Dozen * Dozen, false))];
    }
}
