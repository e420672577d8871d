using System.Globalization;
using System.Security.Claims;
using FluentValidation;
using Gateway.Orders;
using Gateway.Services;
using Microsoft.AspNetCore.Mvc;
using Notifications.Contracts;
using Ordering.Contracts;
using ServiceDefaults;

namespace Gateway.Api;

/// <summary>Orders, for customers and for the people who look after them.</summary>
public static class OrdersApi
{
    public const string ApprovalWithinHeader = "Approval-Within-Seconds";

    public static void MapOrdersApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/orders").WithTags("Orders");
        api.MapPost("/", SubmitAsync).WithSummary("Submits an order; with an Idempotency-Key a repeat is the same order")
            .Produces<OrderView>(StatusCodes.Status202Accepted).Produces<OrderView>().ProducesProblem(400).ProducesProblem(409);
        api.MapGet("/", ListAsync).WithSummary("All orders, page by page: pass 'next' as 'after'").Produces<OrderPage>();
        api.MapGet("/{orderId}", FindAsync).Produces<OrderView>().ProducesProblem(404);
        api.MapGet("/{orderId}/log", LogAsync).WithSummary("What the customer was told");
        api.MapPost("/{orderId}/approval", ApproveAsync).RequireAuthorization().WithSummary("Approves a large order").ProducesProblem(409);
        api.MapPost("/{orderId}/cancellation", CancelAsync).RequireAuthorization().WithSummary("Undoes an order, or refunds it when it is paid already").ProducesProblem(409);
        api.MapPost("/{orderId}/returns", ReturnAsync).WithSummary("Sends lines back; with an Idempotency-Key a repeat is the same return").ProducesProblem(400).ProducesProblem(409);
    }

    private static async Task<IResult> SubmitAsync(
        SubmitOrderRequest request,
        [FromHeader(Name = OrderIds.IdempotencyKeyHeader)] string? idempotencyKey,
        [FromHeader(Name = ApprovalWithinHeader)] string? approvalWithin,
        IValidator<SubmitOrderRequest> validator,
        KnownProducts products,
        OrderingApi ordering,
        IConfiguration configuration,
        CancellationToken cancellationToken)
    {
        if (Validation.Problem(await validator.ValidateAsync(request, cancellationToken)) is { } problem)
        {
            return problem;
        }

        if (Validation.KeyProblem(idempotencyKey) is { } keyProblem)
        {
            return keyProblem;
        }

        var unknown = await products.UnknownAmongAsync(request.Lines!.Select(line => line!.Sku!), cancellationToken);
        if (unknown.Count > 0)
        {
            return Validation.Problem(request.Lines!
                .Select((line, number) => (Field: $"lines[{number}].sku", line!.Sku))
                .Where(line => unknown.Contains(line.Sku!))
                .ToDictionary(line => line.Field, line => new[] { $"The catalogue has no product '{line.Sku}'." }));
        }

        TimeSpan? within = null;
        if (approvalWithin is not null)
        {
            if (!configuration.GetValue("Approval:AllowOverride", false) || !double.TryParse(approvalWithin, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) || !(seconds is > 0 and < 1e7))
            {
                return Validation.Problem(ApprovalWithinHeader, "It must be a number of seconds, and Approval:AllowOverride must be on.");
            }

            within = TimeSpan.FromSeconds(seconds);
        }

        return await ordering.SubmitAsync(new SubmitOrder(request.ToDetails(OrderIds.ForOrder(idempotencyKey)), within), cancellationToken);
    }

    private static async Task<IResult> ListAsync(string? after, OrderingApi ordering, CancellationToken cancellationToken) => await ordering.ListAsync(after, cancellationToken);

    private static async Task<IResult> FindAsync(string orderId, OrderingApi ordering, CancellationToken cancellationToken) => await ordering.FindAsync(orderId, cancellationToken);

    private static Task<OrderLog> LogAsync(string orderId, NotificationsApi notifications, CancellationToken cancellationToken) => notifications.LogAsync(orderId, cancellationToken);

    private static Task<OrderView> ApproveAsync(string orderId, ClaimsPrincipal user, OrderingApi ordering, CancellationToken cancellationToken) =>
        ordering.ApproveAsync(orderId, new ApproveOrder(NameOf(user)), cancellationToken);

    private static async Task<IResult> CancelAsync(string orderId, ClaimsPrincipal user, OrderingApi ordering, CancellationToken cancellationToken) =>
        TypedResults.Accepted($"/orders/{orderId}", await ordering.CancelAsync(orderId, new CancelOrder(NameOf(user)), cancellationToken));

    private static async Task<IResult> ReturnAsync(
        string orderId,
        ReturnRequest request,
        [FromHeader(Name = OrderIds.IdempotencyKeyHeader)] string? idempotencyKey,
        IValidator<ReturnRequest> validator,
        OrderingApi ordering,
        CancellationToken cancellationToken)
    {
        if (Validation.Problem(await validator.ValidateAsync(request, cancellationToken)) is { } problem)
        {
            return problem;
        }

        if (Validation.KeyProblem(idempotencyKey) is { } keyProblem)
        {
            return keyProblem;
        }

        var lines = request.Lines?.Select(line => new OrderLine(line!.Sku!, line.Quantity!.Value)).ToList();
        var order = await ordering.ReturnAsync(orderId, new ReturnOrder(OrderIds.ForReturn(idempotencyKey), lines), cancellationToken);
        return TypedResults.Accepted($"/orders/{orderId}", order);
    }

    private static string NameOf(ClaimsPrincipal user) => user.FindFirstValue("name") ?? user.FindFirstValue("sub") ?? "somebody without a name";
}
