using Microsoft.AspNetCore.Http.HttpResults;

namespace Carrier;

/// <summary>What a shipper may ask, and the books for whoever checks them.</summary>
public static class ShipmentsApi
{
    public static void MapShipmentsApi(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/shipments/{reference}/booking", BookAsync);
        routes.MapPost("/shipments/{reference}/cancellation", CancelAsync);

        var books = routes.MapGroup("/books");
        books.MapGet("/{reference}", (string reference, Books books) => books.View(reference));
        books.MapPost("/query", (IReadOnlyList<string> references, Books books) => references.Select(books.View).ToList());
    }

    private static async Task<Results<Ok<Answer>, StatusCodeHttpResult>> BookAsync(string reference, Request body, Books books, Switches switches)
    {
        if (!await switches.IsUpAsync($"{reference} booking", body.ShipTo.Postcode))
        {
            return TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }

        var entry = books.Book(reference, body.ShipTo.Postcode == Switches.Refused ? "nobody drives to that postcode" : null);
        return TypedResults.Ok(new Answer(entry.What == "booked", entry.TrackingNumber, entry.Reason));
    }

    private static async Task<Results<Ok<Answer>, StatusCodeHttpResult>> CancelAsync(string reference, Books books, Switches switches)
    {
        if (!await switches.IsUpAsync($"{reference} cancellation", string.Empty))
        {
            return TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }

        books.Cancel(reference);
        return TypedResults.Ok(new Answer(true, null, null));
    }

    /// <summary>A parcel to come for.</summary>
    public sealed record Request(Address ShipTo, int Pieces);

    /// <summary>Where it goes; the carrier reads no more than the postcode.</summary>
    public sealed record Address(string Postcode);

    /// <summary>The carrier's answer.</summary>
    public sealed record Answer(bool Accepted, string? TrackingNumber, string? Reason);
}
