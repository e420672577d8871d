using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Conformance;
using Ordering.Contracts;

namespace Platform.Tests;

/// <summary>The service in another language takes part in the business: TypeScript on the official SDK, in either style.</summary>
[Collection(OneReplica.Collection)]
public sealed class LoyaltyTests(OneReplica fixture) : IDisposable
{
    private readonly Shop _shop = new(fixture.Platform);
    private readonly string _customer = $"C-{Guid.NewGuid():N}"[..12];

    public void Dispose() => _shop.Dispose();

    [LoyaltyTheory]
    [InlineData(CoordinationStyle.Orchestrated)]
    [InlineData(CoordinationStyle.Choreographed)]
    public async Task A_completed_order_earns_a_point_for_every_pound_and_a_return_takes_its_points_back(CoordinationStyle style)
    {
        var sku = await _shop.ProductAsync(12.60m, 10);

        var order = await _shop.SubmitAsync(new Cart(style, new OrderLine(sku, 3)) { Customer = _customer });
        Assert.Equal(OrderState.Completed, (await _shop.EndsAsync(order.OrderId)).State);
        await PointsAreAsync(37, orders: 1);

        await _shop.ReturnAsync(order.OrderId, new OrderLine(sku, 1));
        await PointsAreAsync(25, orders: 1);
    }

    [LoyaltyTheory]
    [InlineData(CoordinationStyle.Orchestrated)]
    [InlineData(CoordinationStyle.Choreographed)]
    public async Task An_order_that_is_rejected_earns_nothing(CoordinationStyle style)
    {
        var sku = await _shop.ProductAsync(12.60m, 10);
        var rejected = await _shop.SubmitAsync(new Cart(style, new OrderLine(sku, 3)) { Customer = _customer, PaymentMethod = "card-declined" });
        Assert.Equal(OrderState.Rejected, (await _shop.EndsAsync(rejected.OrderId)).State);
        var paid = await _shop.SubmitAsync(new Cart(style, new OrderLine(sku, 1)) { Customer = _customer });
        await _shop.EndsAsync(paid.OrderId);

        await PointsAreAsync(12, orders: 1);
    }

    [LoyaltyFact]
    public async Task Its_own_tests_pass()
    {
        var start = new ProcessStartInfo("node", ["--test", "dist/test/"])
        {
            WorkingDirectory = Path.Combine(Checkout.Root, "services", "Loyalty"),
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.True(process.ExitCode == 0, output);
        Assert.DoesNotContain("# pass 0", output, StringComparison.Ordinal);
    }

    /// <summary>Points follow an order's end: by an event or by the last step of its workflow.</summary>
    private Task<JsonElement> PointsAreAsync(int points, int orders) => Eventually.HoldsAsync(
        () => _shop.Http.GetFromJsonAsync<JsonElement>(_shop.Gateway($"/customers/{_customer}/points")),
        found => (found.GetProperty("points").GetInt32(), found.GetProperty("orders").GetInt32()) == (points, orders),
        Shop.Patience,
        found => found.ToString());
}

/// <summary>Needs Loyalty, which was built where Node.js is.</summary>
public sealed class LoyaltyFactAttribute : FactAttribute
{
    public LoyaltyFactAttribute() => Skip = Missing;

    internal static string? Missing { get; } =
        RunningPlatform.HasLoyalty || Environment.GetEnvironmentVariable("CI") == "true" ? null : "services/Loyalty is not built: it needs Node.js (services/Loyalty/build)";
}

/// <summary>Needs Loyalty, which was built where Node.js is.</summary>
public sealed class LoyaltyTheoryAttribute : TheoryAttribute
{
    public LoyaltyTheoryAttribute() => Skip = LoyaltyFactAttribute.Missing;
}
