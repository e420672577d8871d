using Ordering.Contracts;
using ServiceDefaults.Events;

namespace Catalog.Topics;

/// <summary>The choreography's entrance.</summary>
public static class OrderingTopic
{
    public static void MapOrderingTopic(this IEndpointRouteBuilder routes) =>
        routes.SubscribeTo(OrderingEvents.Topic, OrderingEvents.Types)
            .Where(OrderEvents.IsChoreographed)
            .On<OrderSubmitted, OrderPricing>((submitted, origin, pricing, cancellationToken) => pricing.PriceAsync(submitted.Order, origin, cancellationToken));
}
