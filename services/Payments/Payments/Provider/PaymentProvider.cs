using Dapr.Client;
using ServiceDefaults.Calls;

namespace Payments.Provider;

/// <summary>
/// The payment provider's API. Every request names the order as merchant reference and carries an idempotency key, so that asking again is safe; a void before its authorization makes the
/// provider decline the authorization.
/// </summary>
public sealed class PaymentProvider(DaprClient dapr)
{
    private readonly Invocation _provider = Invocation.For(dapr, "payment-provider");

    public Task<ProviderAnswer> AuthorizeAsync(string orderId, decimal amount, string method, CancellationToken cancellationToken) =>
        PostAsync(orderId, "authorization", new { idempotencyKey = $"{orderId}:authorize", amount, method }, cancellationToken);

    public Task<ProviderAnswer> CaptureAsync(string orderId, CancellationToken cancellationToken) =>
        PostAsync(orderId, "capture", new { idempotencyKey = $"{orderId}:capture" }, cancellationToken);

    public Task<ProviderAnswer> VoidAsync(string orderId, CancellationToken cancellationToken) =>
        PostAsync(orderId, "void", new { idempotencyKey = $"{orderId}:void" }, cancellationToken);

    public Task<ProviderAnswer> RefundAsync(string orderId, string returnId, decimal amount, CancellationToken cancellationToken) =>
        PostAsync(orderId, "refund", new { idempotencyKey = $"{orderId}:refund:{returnId}", amount }, cancellationToken);

    private Task<ProviderAnswer> PostAsync(string orderId, string operation, object body, CancellationToken cancellationToken) =>
        _provider.SendAsync<ProviderAnswer>(HttpMethod.Post, $"payments/{Uri.EscapeDataString(orderId)}/{operation}", body, cancellationToken);
}

/// <summary>What the provider says.</summary>
/// <param name="Accepted">Whether it did what was asked.</param>
/// <param name="Reason">Why not.</param>
public sealed record ProviderAnswer(bool Accepted, string? Reason = null);
