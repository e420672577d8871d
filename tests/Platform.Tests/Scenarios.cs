using Ordering.Contracts;

namespace Platform.Tests;

/// <summary>Every scenario of the business, for both styles, on a platform of real processes. How many replicas there are is the deriving class's matter.</summary>
public abstract partial class Scenarios(RunningPlatform platform) : IDisposable
{
    private readonly Shop _shop = new(platform);

    public static TheoryData<CoordinationStyle> Styles() => [CoordinationStyle.Orchestrated, CoordinationStyle.Choreographed];

    protected RunningPlatform Platform { get; } = platform;

    protected Shop Shop => _shop;

    public void Dispose()
    {
        _shop.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Nothing of the order is left anywhere: no stock held or gone, no money held or taken, no carrier coming.</summary>
    private async Task NothingHeldAsync(string orderId, string sku)
    {
        var stock = await _shop.StockAsync(sku);
        Assert.Equal((stock.Opening, 0, 0), (stock.OnHand, stock.Reserved, stock.Shipped));
        var money = await _shop.MoneyAsync(orderId);
        Assert.Equal((0m, money.Refunded), (money.Held, money.Captured));
        Assert.False(await _shop.IsBookedAsync(orderId), "the carrier still comes");
    }

    /// <summary>The goods have left the house and the money is ours, once.</summary>
    private async Task SoldOnceAsync(string orderId, string sku, int pieces, decimal amount)
    {
        var stock = await _shop.StockAsync(sku);
        Assert.Equal((stock.Opening - pieces, 0, pieces), (stock.OnHand, stock.Reserved, stock.Shipped));
        Assert.Equal((0m, amount, 0m), await _shop.MoneyAsync(orderId));
        Assert.True(await _shop.IsBookedAsync(orderId), "the carrier does not come");
    }
}

[Collection(OneReplica.Collection)]
public sealed class ScenariosOnOneReplica(OneReplica fixture) : Scenarios(fixture.Platform);

[Collection(TwoReplicas.Collection)]
public sealed class ScenariosOnTwoReplicas(TwoReplicas fixture) : Scenarios(fixture.Platform);
