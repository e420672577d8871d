using Baskets.Contracts;
using Baskets.Services;
using ServiceDefaults;

namespace Baskets.Api;

/// <summary>Baskets, for the Gateway.</summary>
public static class BasketsApi
{
    public static void MapBasketsApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/baskets/{customerId}").WithTags("Baskets");
        api.MapGet("/", (string customerId, CustomerBaskets baskets) => baskets.Of(customerId).ViewAsync());
        api.MapPut("/items/{sku}", PutAsync).WithSummary("Puts so many pieces of a product in, at the catalogue's price of now");
        api.MapDelete("/items/{sku}", (string customerId, string sku, CustomerBaskets baskets) => DoneAsync(baskets.Of(customerId).RemoveAsync(sku)));
        api.MapDelete("/", (string customerId, CustomerBaskets baskets) => DoneAsync(baskets.Of(customerId).ClearAsync()));
        api.MapPost("/checkout", CheckOutAsync).WithSummary("Makes the basket an order; saying it twice is one order");
    }

    private static async Task<BasketView> PutAsync(string customerId, string sku, PutItem command, CatalogApi catalog, CustomerBaskets baskets, CancellationToken cancellationToken)
    {
        var product = await catalog.FindAsync(sku, cancellationToken) ?? throw new UnknownException($"The catalogue has no product '{sku}'.");
        return await DoneAsync(baskets.Of(customerId).PutAsync(new BasketItem(product.Sku, product.Description, command.Quantity, product.UnitPrice)));
    }

    private static async Task<IResult> CheckOutAsync(string customerId, CheckOutBasket command, CustomerBaskets baskets)
    {
        await DoneAsync(baskets.Of(customerId).CheckOutAsync(command));
        return TypedResults.Accepted($"/orders/{command.OrderId}", new CheckedOut(command.OrderId));
    }

    private static async Task<BasketView> DoneAsync(Task<BasketAnswer> asked)
    {
        var answer = await asked;
        return answer.Refusal is null ? answer.Basket : throw new ConflictException(answer.Refusal);
    }
}
