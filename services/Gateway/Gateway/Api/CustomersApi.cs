using Gateway.Services;

namespace Gateway.Api;

/// <summary>What customers have besides orders.</summary>
public static class CustomersApi
{
    public static void MapCustomersApi(this IEndpointRouteBuilder routes) => routes.MapGroup("/customers").WithTags("Customers")
        .MapGet("/{customerId}/points", PointsAsync).WithSummary("Points that the customer has").Produces<CustomerPoints>().ProducesProblem(404);

    private static async Task<IResult> PointsAsync(string customerId, LoyaltyApi loyalty, CancellationToken cancellationToken) => loyalty.IsThere
        ? TypedResults.Ok(await loyalty.PointsOfAsync(customerId, cancellationToken))
        : TypedResults.Problem("This platform runs without Loyalty, which needs Node.js.", statusCode: StatusCodes.Status404NotFound);
}
