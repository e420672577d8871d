using Catalog.Contracts;
using ServiceDefaults.State;

namespace Catalog;

/// <summary>The products on sale.</summary>
public sealed class Products(UnitOfWork work)
{
    private readonly PagedIndex _index = new("products", shards: 16);

    public static string KeyOf(string sku) => $"product-{sku}";

    /// <summary>Puts products on sale, or changes their description and price.</summary>
    public async Task SaveAsync(IReadOnlyList<Product> products, CancellationToken cancellationToken)
    {
        foreach (var shard in products.DistinctBy(product => product.Sku).GroupBy(product => _index.HeadOf(product.Sku)))
        {
            await work.RunAsync(new Work(null, Origin.Call, [shard.Key, .. shard.Select(product => KeyOf(product.Sku))]), changes => Save(changes, shard), cancellationToken);
        }
    }

    public Task<Product?> FindAsync(string sku, CancellationToken cancellationToken) => work.FindAsync<Product>(KeyOf(sku), cancellationToken);

    /// <summary>Those of the given products that exist.</summary>
    public async Task<IReadOnlyDictionary<string, Product>> FindAsync(IEnumerable<string> skus, CancellationToken cancellationToken) =>
        (await work.FindAllAsync<Product>([.. skus.Distinct().Select(KeyOf)], cancellationToken)).ToDictionary(product => product.Sku);

    public async Task<IReadOnlyList<Product>> AllAsync(CancellationToken cancellationToken)
    {
        var skus = await _index.ReadAllAsync(work, cancellationToken);
        return await work.FindAllAsync<Product>([.. skus.Select(KeyOf)], cancellationToken);
    }

    private int Save(Changes changes, IEnumerable<Product> products)
    {
        var saved = 0;
        foreach (var product in products)
        {
            var known = changes.Get<Product>(KeyOf(product.Sku));
            if (known is null)
            {
                _index.Add(changes, product.Sku);
            }

            if (known != product)
            {
                changes.Put(KeyOf(product.Sku), product);
                saved++;
            }
        }

        return saved;
    }
}
