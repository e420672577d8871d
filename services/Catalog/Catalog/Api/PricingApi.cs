using Catalog.Contracts;
using ServiceDefaults.State;

namespace Catalog.Api;

/// <summary>The saga's entrance.</summary>
public static class PricingApi
{
    public static void MapPricingApi(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/pricing", (PriceOrder command, OrderPricing pricing, CancellationToken cancellationToken) => pricing.PriceAsync(command.Order, Origin.Call, cancellationToken))
            .WithTags("Pricing");
}
