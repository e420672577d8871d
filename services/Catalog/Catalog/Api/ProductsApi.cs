using Catalog.Contracts;

namespace Catalog.Api;

/// <summary>The catalogue.</summary>
public static class ProductsApi
{
    public static void MapProductsApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/products").WithTags("Products");
        api.MapGet("/", (Products products, CancellationToken cancellationToken) => products.AllAsync(cancellationToken));
        api.MapGet("/{sku}", FindAsync);
        api.MapPut("/", SaveAsync).WithSummary("Puts products on sale; saying it twice changes nothing");
        api.MapPost("/known", KnownAsync).WithSummary("Those of the given products that exist");
    }

    private static async Task<IResult> FindAsync(string sku, Products products, CancellationToken cancellationToken) =>
        await products.FindAsync(sku, cancellationToken) is { } product ? TypedResults.Ok(product) : TypedResults.NotFound();

    private static async Task<IResult> SaveAsync(IReadOnlyList<Product> body, Products products, CancellationToken cancellationToken)
    {
        await products.SaveAsync(body, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<IReadOnlyList<string>> KnownAsync(IReadOnlyList<string> skus, Products products, CancellationToken cancellationToken) =>
        [.. (await products.FindAsync(skus, cancellationToken)).Keys];
}
