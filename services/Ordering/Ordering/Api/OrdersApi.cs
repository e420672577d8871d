using Ordering.Contracts;
using ServiceDefaults;
using ServiceDefaults.State;

namespace Ordering.Api;

/// <summary>Orders, for the Gateway and for the saga.</summary>
public static class OrdersApi
{
    public static void MapOrdersApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/orders").WithTags("Orders");
        api.MapPost("/", SubmitAsync);
        api.MapGet("/", (string? after, Orders orders, CancellationToken cancellationToken) => orders.ListAsync(after, cancellationToken));
        api.MapGet("/{orderId}", FindAsync);
        api.MapPost("/{orderId}/approve", (string orderId, ApproveOrder command, Orders orders, CancellationToken cancellationToken) => orders.ApproveAsync(orderId, command, cancellationToken));
        api.MapPost("/{orderId}/cancel", (string orderId, CancelOrder command, Orders orders, CancellationToken cancellationToken) => orders.CancelAsync(orderId, command, cancellationToken));
        api.MapPost("/{orderId}/return", (string orderId, ReturnOrder command, Orders orders, CancellationToken cancellationToken) => orders.ReturnAsync(orderId, command, cancellationToken));

        var saga = routes.MapGroup("/orders/{orderId}").WithTags("Saga");
        saga.MapPost("/request-approval", (string orderId, RequestApproval command, Orders orders, CancellationToken cancellationToken) =>
            orders.RequestApprovalAsync(orderId, command, cancellationToken));
        saga.MapPost("/expire-approval", (string orderId, Orders orders, CancellationToken cancellationToken) => orders.ExpireApprovalAsync(orderId, cancellationToken));
        saga.MapPost("/complete", (string orderId, Orders orders, CancellationToken cancellationToken) => orders.CompleteAsync(orderId, Origin.Call, cancellationToken));
        saga.MapPost("/end", (string orderId, EndOrder command, Orders orders, CancellationToken cancellationToken) => orders.EndAsync(orderId, command.Failure, Origin.Call, cancellationToken));
        saga.MapPost("/returns/{returnId}/close", (string orderId, string returnId, Orders orders, CancellationToken cancellationToken) =>
            orders.CloseReturnAsync(orderId, returnId, Origin.Call, cancellationToken));

        routes.MapPost("/deadlines", async (Orders orders, CancellationToken cancellationToken) => new RenewedDeadlines(await orders.RenewDeadlinesAsync(cancellationToken)))
            .WithTags("Operations").WithSummary("Schedules the approval deadlines of waiting orders again: after a restore, or when Dapr's scheduler has lost its jobs");
    }

    private static async Task<IResult> SubmitAsync(SubmitOrder command, Orders orders, CancellationToken cancellationToken)
    {
        var (order, existed) = await orders.SubmitAsync(command, cancellationToken);
        return existed ? TypedResults.Ok(order) : TypedResults.Accepted($"/orders/{order.OrderId}", order);
    }

    private static async Task<OrderView> FindAsync(string orderId, Orders orders, CancellationToken cancellationToken) =>
        await orders.FindAsync(orderId, cancellationToken) ?? throw new UnknownException($"There is no order '{orderId}'.");
}
