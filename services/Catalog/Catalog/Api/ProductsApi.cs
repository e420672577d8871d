using Catalog.Contracts;
using Microsoft.Net.Http.Headers;

namespace Catalog.Api;

/// <summary>The catalogue.</summary>
public static class ProductsApi
{
    public static void MapProductsApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/products").WithTags("Products");
        api.MapGet("/", AllAsync).WithSummary("The whole catalogue; with If-None-Match only when it has changed").Produces<IReadOnlyList<Product>>();
        api.MapGet("/{sku}", FindAsync);
        api.MapPut("/", SaveAsync).WithSummary("Puts products on sale; saying it twice changes nothing");
        api.MapPost("/known", KnownAsync).WithSummary("Those of the given products that exist");
    }

    private static async Task<IResult> AllAsync(Products products, CancellationToken cancellationToken)
    {
        var catalogue = await products.AllAsync(cancellationToken);
        return TypedResults.Bytes(catalogue.Json, "application/json; charset=utf-8", entityTag: new EntityTagHeaderValue($"\"{catalogue.Version}\""));
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
