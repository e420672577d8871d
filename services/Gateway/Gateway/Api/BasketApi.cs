using Baskets.Contracts;
using FluentValidation;
using Gateway.Baskets;
using Gateway.Orders;
using Gateway.Services;
using Microsoft.AspNetCore.Mvc;

namespace Gateway.Api;

/// <summary>A customer's basket, until it becomes an order.</summary>
public static class BasketApi
{
    public static void MapBasketApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/baskets/{customerId}").WithTags("Baskets").AddEndpointFilter(CheckCustomerAsync);
        api.MapGet("/", async (string customerId, BasketsApi baskets, CancellationToken cancellationToken) => await baskets.FindAsync(customerId, cancellationToken)).Produces<BasketView>();
        api.MapPut("/items/{sku}", PutAsync).WithSummary("Puts so many pieces of a product in, however many there were")
            .Produces<BasketView>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
        api.MapDelete("/items/{sku}", async (string customerId, string sku, BasketsApi baskets, CancellationToken cancellationToken) => await baskets.RemoveAsync(customerId, sku, cancellationToken))
            .Produces<BasketView>().ProducesProblem(409);
        api.MapDelete("/", async (string customerId, BasketsApi baskets, CancellationToken cancellationToken) => await baskets.ClearAsync(customerId, cancellationToken))
            .Produces<BasketView>().ProducesProblem(409);
        api.MapPost("/checkout", CheckOutAsync).WithSummary("Makes the basket an order; with an Idempotency-Key a repeat is the same order")
            .Produces<CheckedOut>(StatusCodes.Status202Accepted).ProducesProblem(400).ProducesProblem(409);
    }

    private static async ValueTask<object?> CheckCustomerAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        CustomerIds.IsGood((string?)context.HttpContext.GetRouteValue("customerId")) ? await next(context) : Validation.Problem("customerId", CustomerIds.Rule);

    private static async Task<IResult> PutAsync(
        string customerId, string sku, PutItemRequest request, IValidator<PutItemRequest> validator, BasketsApi baskets, CancellationToken cancellationToken)
    {
        if (Validation.Problem(await validator.ValidateAsync(request, cancellationToken)) is { } problem)
        {
            return problem;
        }

        return await baskets.PutAsync(customerId, sku, new PutItem(request.Quantity!.Value), cancellationToken);
    }

    private static async Task<IResult> CheckOutAsync(
        string customerId,
        CheckOutRequest request,
        [FromHeader(Name = OrderIds.IdempotencyKeyHeader)] string? idempotencyKey,
        IValidator<CheckOutRequest> validator,
        BasketsApi baskets,
        CancellationToken cancellationToken)
    {
        if ((Validation.Problem(await validator.ValidateAsync(request, cancellationToken)) ?? Validation.KeyProblem(idempotencyKey)) is { } problem)
        {
            return problem;
        }

        return await baskets.CheckOutAsync(customerId, request.ToCommand(OrderIds.ForOrder(idempotencyKey)), cancellationToken);
    }
}
