using Dapr.Client;
using Inventory.Contracts;
using ServiceDefaults;
using ServiceDefaults.Calls;

namespace Gateway.Services;

/// <summary>Inventory's API.</summary>
public sealed class InventoryApi(DaprClient dapr)
{
    private readonly Invocation _inventory = Invocation.For(dapr, "inventory");

    public Task<IReadOnlyList<StockLevel>> AllAsync(CancellationToken cancellationToken) => _inventory.SendAsync<IReadOnlyList<StockLevel>>(HttpMethod.Get, "stock", null, cancellationToken);

    public Task<StockLevel?> FindAsync(string sku, CancellationToken cancellationToken) => _inventory.FindAsync<StockLevel>($"stock/{Uri.EscapeDataString(sku)}", cancellationToken);

    public Task OpenAsync(IReadOnlyList<OpeningStock> stock, CancellationToken cancellationToken) => _inventory.PutAsync("stock", stock, cancellationToken);

    public Task<IReadOnlyList<Measurement>> MeasureAsync(IReadOnlyList<string> orderIds, CancellationToken cancellationToken) => _inventory.MeasureAsync(orderIds, cancellationToken);
}
