using Dapr.Client;
using Ordering.Contracts;
using ServiceDefaults.Calls;

namespace Gateway.Services;

/// <summary>The API of Loyalty, which is written in TypeScript: to its callers a service like any other.</summary>
public sealed class LoyaltyApi(DaprClient dapr, IConfiguration configuration)
{
    private readonly Invocation _loyalty = Invocation.For(dapr, "loyalty");

    /// <summary>The service needs Node.js; a platform without it says so in <c>Loyalty:Enabled</c>.</summary>
    public bool IsThere { get; } = configuration.GetValue("Loyalty:Enabled", false);

    public Task<CustomerPoints> PointsOfAsync(string customerId, CancellationToken cancellationToken) =>
        _loyalty.SendAsync<CustomerPoints>(HttpMethod.Get, $"customers/{Uri.EscapeDataString(customerId)}/points", null, cancellationToken);

    public Task<IReadOnlyList<OrderPoints>> PointsForAsync(IReadOnlyList<string> orderIds, CancellationToken cancellationToken) =>
        _loyalty.SendAsync<IReadOnlyList<OrderPoints>>(HttpMethod.Post, "orders/points", orderIds, cancellationToken);
}

/// <summary>What a customer has earned and not lost again.</summary>
public sealed record CustomerPoints(string CustomerId, int Points, int Orders);

/// <summary>What one order brought: a point for every whole pound that was paid and not paid back.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Style">Who drove it; null while it has brought nothing.</param>
/// <param name="Earned">Points for its completion.</param>
/// <param name="TakenBack">Points lost with what came back.</param>
public sealed record OrderPoints(string OrderId, CoordinationStyle? Style, int Earned, int TakenBack);
