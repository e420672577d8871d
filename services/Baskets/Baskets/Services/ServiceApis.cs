using Catalog.Contracts;
using Dapr.Client;
using Ordering.Contracts;
using ServiceDefaults.Calls;

namespace Baskets.Services;

/// <summary>Catalog's API.</summary>
public sealed class CatalogApi(DaprClient dapr)
{
    private readonly Invocation _catalog = Invocation.For(dapr, "catalog");

    public Task<Product?> FindAsync(string sku, CancellationToken cancellationToken) => _catalog.FindAsync<Product>($"products/{Uri.EscapeDataString(sku)}", cancellationToken);
}

/// <summary>Ordering's API.</summary>
public sealed class OrderingApi(DaprClient dapr)
{
    private readonly Invocation _ordering = Invocation.For(dapr, "ordering");

    /// <summary>Submits an order; saying it twice is one order.</summary>
    public Task SubmitAsync(SubmitOrder command) => _ordering.PostAsync("orders", command, CancellationToken.None);
}
