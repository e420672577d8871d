using ServiceDefaults.State;
using Shipping.Contracts;

namespace Shipping.Api;

/// <summary>The saga's entrance.</summary>
public static class ShipmentsApi
{
    public static void MapShipmentsApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/shipments").WithTags("Shipments");
        api.MapPost("/{orderId}/book", (string orderId, BookShipment command, Shipments shipments, CancellationToken cancellationToken) =>
            shipments.BookAsync(orderId, command, Origin.Call, cancellationToken));
        api.MapPost("/{orderId}/cancel", (string orderId, CancelShipment command, Shipments shipments, CancellationToken cancellationToken) =>
            shipments.CancelAsync(orderId, command, Origin.Call, cancellationToken));
        api.MapPost("/views", (IReadOnlyList<string> orderIds, Shipments shipments, CancellationToken cancellationToken) => shipments.ViewAsync(orderIds, cancellationToken))
            .WithSummary("What Shipping believes about these orders");
    }
}
