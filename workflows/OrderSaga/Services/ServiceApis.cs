using Catalog.Contracts;
using Dapr.Client;
using Inventory.Contracts;
using Ordering.Contracts;
using Payments.Contracts;
using ServiceDefaults.Calls;
using Shipping.Contracts;

namespace OrderSaga.Services;

/// <summary>The services' APIs as the saga sees them: one typed client each, over Dapr's service invocation.</summary>
internal static class ServiceApis
{
    public static void AddServiceApis(this IServiceCollection services)
    {
        services.AddSingleton<CatalogApi>();
        services.AddSingleton<InventoryApi>();
        services.AddSingleton<OrderingApi>();
        services.AddSingleton<PaymentsApi>();
        services.AddSingleton<ShippingApi>();
    }

    public static Task<TAnswer> PostAsync<TAnswer>(this Invocation service, string path, object? body = null) =>
        service.SendAsync<TAnswer>(HttpMethod.Post, path, body, CancellationToken.None);

    public static async Task<bool> PostAsync(this Invocation service, string path, object body)
    {
        await service.PostAsync(path, body, CancellationToken.None);
        return true;
    }
}

internal sealed class CatalogApi(DaprClient dapr)
{
    private readonly Invocation _catalog = Invocation.For(dapr, "catalog");

    public Task<PricingAnswer> PriceAsync(PriceOrder command) => _catalog.PostAsync<PricingAnswer>("pricing", command);
}

internal sealed class InventoryApi(DaprClient dapr)
{
    private readonly Invocation _inventory = Invocation.For(dapr, "inventory");

    public Task<ReservationAnswer> ReserveAsync(string orderId, ReserveStock command) => _inventory.PostAsync<ReservationAnswer>($"reservations/{orderId}/reserve", command);

    public Task<bool> ReleaseAsync(string orderId, ReleaseStock command) => _inventory.PostAsync($"reservations/{orderId}/release", command);

    public Task<bool> ShipAsync(string orderId, ShipStock command) => _inventory.PostAsync($"reservations/{orderId}/ship", command);

    public Task<bool> RestockAsync(string orderId, RestockReturn command) => _inventory.PostAsync($"reservations/{orderId}/return", command);
}

internal sealed class PaymentsApi(DaprClient dapr)
{
    private readonly Invocation _payments = Invocation.For(dapr, "payments");

    public Task<PaymentAnswer> CheckCreditAsync(CheckCredit command) => _payments.PostAsync<PaymentAnswer>("payments/credit", command);

    public Task<PaymentAnswer> AuthorizeAsync(string orderId, AuthorizePayment command) => _payments.PostAsync<PaymentAnswer>($"payments/{orderId}/authorize", command);

    public Task<PaymentAnswer> CaptureAsync(string orderId, CapturePayment command) => _payments.PostAsync<PaymentAnswer>($"payments/{orderId}/capture", command);

    public Task<PaymentAnswer> VoidAsync(string orderId, VoidPayment command) => _payments.PostAsync<PaymentAnswer>($"payments/{orderId}/void", command);

    public Task<bool> RefundAsync(string orderId, RefundPayment command) => _payments.PostAsync($"payments/{orderId}/refund", command);
}

internal sealed class ShippingApi(DaprClient dapr)
{
    private readonly Invocation _shipping = Invocation.For(dapr, "shipping");

    public Task<ShipmentAnswer> BookAsync(string orderId, BookShipment command) => _shipping.PostAsync<ShipmentAnswer>($"shipments/{orderId}/book", command);

    public Task<bool> CancelAsync(string orderId, CancelShipment command) => _shipping.PostAsync($"shipments/{orderId}/cancel", command);
}

internal sealed class OrderingApi(DaprClient dapr)
{
    private readonly Invocation _ordering = Invocation.For(dapr, "ordering");

    public Task<ApprovalAnswer> RequestApprovalAsync(string orderId, RequestApproval command) => _ordering.PostAsync<ApprovalAnswer>($"orders/{orderId}/request-approval", command);

    public Task<ApprovalAnswer> ExpireApprovalAsync(string orderId) => _ordering.PostAsync<ApprovalAnswer>($"orders/{orderId}/expire-approval");

    public async Task<OrderState> CompleteAsync(string orderId) => (await _ordering.PostAsync<OrderView>($"orders/{orderId}/complete")).State;

    public async Task<OrderState> EndAsync(string orderId, EndOrder command) => (await _ordering.PostAsync<OrderView>($"orders/{orderId}/end", command)).State;

    public async Task<OrderState> CloseReturnAsync(string orderId, string returnId) =>
        (await _ordering.PostAsync<OrderView>($"orders/{orderId}/returns/{Uri.EscapeDataString(returnId)}/close")).State;
}
