using Catalog.Contracts;
using FluentValidation;
using Gateway.Services;
using Inventory.Contracts;
using Microsoft.AspNetCore.Mvc;
using ServiceDefaults;

namespace Gateway.Api;

/// <summary>What is on sale, and how much of it there is.</summary>
public static class CatalogueApi
{
    public static void MapCatalogueApi(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/catalogue", AllAsync).WithTags("Catalogue").WithSummary("Every product; with If-None-Match only when something has changed").Produces<IReadOnlyList<Product>>();
        routes.MapPut("/catalogue", SaveAsync).WithTags("Catalogue").WithSummary("Puts products on sale with their opening stock; saying it twice changes nothing").ProducesProblem(400);
        routes.MapGet("/stock", (InventoryApi inventory, CancellationToken cancellationToken) => inventory.AllAsync(cancellationToken)).WithTags("Stock");
        routes.MapGet("/stock/{sku}", FindAsync).WithTags("Stock").ProducesProblem(404);
    }

    private static async Task<IResult> AllAsync([FromHeader(Name = "If-None-Match")] string? ifNoneMatch, CatalogApi catalog, CancellationToken cancellationToken) =>
        await catalog.AllAsync(ifNoneMatch, cancellationToken);

    private static async Task<IResult> SaveAsync(
        IReadOnlyList<CatalogueEntry> entries,
        IValidator<CatalogueEntry> validator,
        CatalogApi catalog,
        InventoryApi inventory,
        CancellationToken cancellationToken)
    {
        if (Validation.Problem(entries.Select(validator.Validate)) is { } problem)
        {
            return problem;
        }

        // Stock first: a product that can be ordered always has its stock.
        await inventory.OpenAsync([.. entries.Select(entry => new OpeningStock(entry.Sku, entry.Quantity))], cancellationToken);
        await catalog.SaveAsync([.. entries.Select(entry => new Product(entry.Sku, entry.Description, entry.UnitPrice))], cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<StockLevel> FindAsync(string sku, InventoryApi inventory, CancellationToken cancellationToken) =>
        await inventory.FindAsync(sku, cancellationToken) ?? throw new UnknownException($"There is no stock of '{sku}'.");
}

/// <summary>A product with its opening stock.</summary>
/// <param name="Sku">Its code.</param>
/// <param name="Description">What it is.</param>
/// <param name="UnitPrice">Pounds sterling for one piece.</param>
/// <param name="Quantity">Pieces on hand before the first order.</param>
public sealed record CatalogueEntry(string Sku, string Description, decimal UnitPrice, int Quantity);

/// <summary>What a product must look like.</summary>
public sealed class CatalogueEntryValidator : AbstractValidator<CatalogueEntry>
{
    public CatalogueEntryValidator()
    {
        RuleFor(product => product.Sku).NotEmpty().MaximumLength(50).Matches("^[A-Za-z0-9._ -]+$");
        RuleFor(product => product.Description).MaximumLength(500);
        RuleFor(product => product.UnitPrice).GreaterThan(0).LessThanOrEqualTo(1_000_000).PrecisionScale(9, 2, ignoreTrailingZeros: true);
        RuleFor(product => product.Quantity).InclusiveBetween(0, 10_000_000);
    }
}
