using Inventory.Contracts;
using Inventory.Domain;
using ServiceDefaults.State;

namespace Inventory;

/// <summary>The stock of all products.</summary>
public sealed class Shelves(UnitOfWork work)
{
    private readonly PagedIndex _index = new("stock", shards: 16);

    public static string KeyOf(string sku) => $"stock-item-{sku}";

    /// <summary>Opens the stock of products that have none yet; the others stay as they are.</summary>
    public async Task OpenAsync(IReadOnlyList<OpeningStock> stock, CancellationToken cancellationToken)
    {
        foreach (var shard in stock.DistinctBy(item => item.Sku).GroupBy(item => _index.HeadOf(item.Sku)))
        {
            await work.RunAsync(new Work(null, Origin.Call, [shard.Key, .. shard.Select(item => KeyOf(item.Sku))]), changes => Open(changes, shard), cancellationToken);
        }
    }

    public async Task<StockLevel?> FindAsync(string sku, CancellationToken cancellationToken) => (await work.FindAsync<StockItem>(KeyOf(sku), cancellationToken))?.ToLevel();

    public async Task<IReadOnlyList<StockLevel>> AllAsync(CancellationToken cancellationToken)
    {
        var skus = await _index.ReadAllAsync(work, cancellationToken);
        return [.. (await work.FindAllAsync<StockItem>([.. skus.Select(KeyOf)], cancellationToken)).Select(item => item.ToLevel())];
    }

    private int Open(Changes changes, IEnumerable<OpeningStock> stock)
    {
        var opened = 0;
        foreach (var item in stock.Where(item => changes.Get<StockItem>(KeyOf(item.Sku)) is null))
        {
            _index.Add(changes, item.Sku);
            changes.Put(KeyOf(item.Sku), StockItem.Open(item));
            opened++;
        }

        return opened;
    }
}
