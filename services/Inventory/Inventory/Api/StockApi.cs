using Inventory.Contracts;

namespace Inventory.Api;

/// <summary>Stock levels.</summary>
public static class StockApi
{
    public static void MapStockApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/stock").WithTags("Stock");
        api.MapGet("/", (Shelves shelves, CancellationToken cancellationToken) => shelves.AllAsync(cancellationToken));
        api.MapGet("/{sku}", FindAsync);
        api.MapPut("/", OpenAsync).WithSummary("Opens the stock of new products; saying it twice changes nothing");
    }

    private static async Task<IResult> FindAsync(string sku, Shelves shelves, CancellationToken cancellationToken) =>
        await shelves.FindAsync(sku, cancellationToken) is { } level ? TypedResults.Ok(level) : TypedResults.NotFound();

    private static async Task<IResult> OpenAsync(IReadOnlyList<OpeningStock> body, Shelves shelves, CancellationToken cancellationToken)
    {
        await shelves.OpenAsync(body, cancellationToken);
        return TypedResults.NoContent();
    }
}
