using Inventory.Contracts;

namespace Inventory.Domain;

/// <summary>Stock of one product. Pieces move between three places and are never made or lost: <c>OnHand + Reserved + Shipped = Opening</c>.</summary>
public sealed record StockItem(string Sku, int Opening, int OnHand, int Reserved, int Shipped)
{
    public static StockItem Open(OpeningStock opening) => new(opening.Sku, opening.Quantity, opening.Quantity, 0, 0);

    public StockItem Reserve(int quantity) => Move(this with { OnHand = OnHand - quantity, Reserved = Reserved + quantity });

    public StockItem Release(int quantity) => Move(this with { OnHand = OnHand + quantity, Reserved = Reserved - quantity });

    public StockItem Ship(int quantity) => Move(this with { Reserved = Reserved - quantity, Shipped = Shipped + quantity });

    public StockItem Return(int quantity) => Move(this with { Shipped = Shipped - quantity, OnHand = OnHand + quantity });

    public StockLevel ToLevel() => new(Sku, Opening, OnHand, Reserved, Shipped);

    private static StockItem Move(StockItem item) => item is { OnHand: >= 0, Reserved: >= 0, Shipped: >= 0 }
        ? item
        : throw new InvalidOperationException($"the stock of '{item.Sku}' would be {item}: a rule let more go than there is");
}
