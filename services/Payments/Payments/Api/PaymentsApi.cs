using Payments.Contracts;
using ServiceDefaults.State;

namespace Payments.Api;

/// <summary>The saga's entrance.</summary>
public static class PaymentsApi
{
    public static void MapPaymentsApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/payments").WithTags("Payments");
        api.MapPost("/credit", (CheckCredit command, OrderPayments payments, CancellationToken cancellationToken) =>
            payments.CheckCreditAsync(command.Order, command.Amount, Origin.Call, cancellationToken));
        api.MapPost("/{orderId}/authorize", (string orderId, AuthorizePayment command, OrderPayments payments, CancellationToken cancellationToken) =>
            payments.AuthorizeAsync(orderId, command, Origin.Call, cancellationToken));
        api.MapPost("/{orderId}/capture", (string orderId, CapturePayment command, OrderPayments payments, CancellationToken cancellationToken) =>
            payments.CaptureAsync(orderId, command, Origin.Call, cancellationToken));
        api.MapPost("/{orderId}/void", (string orderId, VoidPayment command, OrderPayments payments, CancellationToken cancellationToken) =>
            payments.VoidAsync(orderId, command, Origin.Call, cancellationToken));
        api.MapPost("/{orderId}/refund", (string orderId, RefundPayment command, OrderPayments payments, CancellationToken cancellationToken) =>
            payments.RefundAsync(orderId, command, Origin.Call, cancellationToken));
        api.MapPost("/views", (IReadOnlyList<string> orderIds, OrderPayments payments, CancellationToken cancellationToken) => payments.ViewAsync(orderIds, cancellationToken))
            .WithSummary("What Payments believes about the money of these orders");
    }
}
