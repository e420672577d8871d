using Inventory.Contracts;
using ServiceDefaults.State;

namespace Inventory.Api;

/// <summary>The saga's entrance.</summary>
public static class ReservationsApi
{
    public static void MapReservationsApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/reservations/{orderId}").WithTags("Reservations");
        api.MapPost("/reserve", (string orderId, ReserveStock command, Reservations reservations, CancellationToken cancellationToken) =>
            reservations.ReserveAsync(orderId, command, Origin.Call, cancellationToken));
        api.MapPost("/release", (string orderId, ReleaseStock command, Reservations reservations, CancellationToken cancellationToken) =>
            reservations.ReleaseAsync(orderId, command, Origin.Call, cancellationToken));
        api.MapPost("/ship", (string orderId, ShipStock command, Reservations reservations, CancellationToken cancellationToken) =>
            reservations.ShipAsync(orderId, command, Origin.Call, cancellationToken));
        api.MapPost("/return", (string orderId, RestockReturn command, Reservations reservations, CancellationToken cancellationToken) =>
            reservations.ReturnAsync(orderId, command, Origin.Call, cancellationToken));
    }
}
