using System.Text.Json;
using Catalog.Contracts;
using ServiceDefaults;
using ServiceDefaults.State;

namespace Catalog;

/// <summary>The products on sale.</summary>
public sealed class Products(UnitOfWork work) : IDisposable
{
    private readonly PagedIndex _index = new("products", shards: 16);
    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile Catalogue? _catalogue;

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

    /// <summary>The whole catalogue. It is put together once for each version of it; which version holds is asked of the store every time, so that every replica says the same.</summary>
    public async Task<Catalogue> AllAsync(CancellationToken cancellationToken)
    {
        // Version before content: what is read after it is at least as new.
        var version = await _index.VersionAsync(work, cancellationToken);
        if (_catalogue is { } kept && kept.Version == version)
        {
            return kept;
        }

        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_catalogue is { } read && read.Version == version)
            {
                return read;
            }

            var skus = await _index.ReadAllAsync(work, cancellationToken);
            var products = await work.FindAllAsync<Product>([.. skus.Select(KeyOf)], cancellationToken);
            return _catalogue = new Catalogue(version, JsonSerializer.SerializeToUtf8Bytes(products, WireJson.Options));
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

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
            else if (known != product)
            {
                _index.Touch(changes, product.Sku);
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

/// <summary>Every product, as it travels.</summary>
/// <param name="Version">Another text whenever a product is new or has changed.</param>
/// <param name="Json">A list of <see cref="Product"/>.</param>
public sealed record Catalogue(string Version, ReadOnlyMemory<byte> Json);
