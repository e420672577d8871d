using Baskets.Contracts;
using Dapr.Client;
using ServiceDefaults.Calls;

namespace Gateway.Services;

/// <summary>Baskets's API.</summary>
public sealed class BasketsApi(DaprClient dapr)
{
    private readonly Invocation _baskets = Invocation.For(dapr, "baskets");

    /// <returns>A <see cref="BasketView"/>.</returns>
    public Task<ForwardedAnswer> FindAsync(string customerId, CancellationToken cancellationToken) => ForwardAsync(HttpMethod.Get, customerId, "", null, cancellationToken);

    /// <returns>The basket as a <see cref="BasketView"/>.</returns>
    public Task<ForwardedAnswer> PutAsync(string customerId, string sku, PutItem command, CancellationToken cancellationToken) =>
        ForwardAsync(HttpMethod.Put, customerId, $"/items/{Uri.EscapeDataString(sku)}", command, cancellationToken);

    /// <returns>The basket as a <see cref="BasketView"/>.</returns>
    public Task<ForwardedAnswer> RemoveAsync(string customerId, string sku, CancellationToken cancellationToken) =>
        ForwardAsync(HttpMethod.Delete, customerId, $"/items/{Uri.EscapeDataString(sku)}", null, cancellationToken);

    /// <returns>The basket as a <see cref="BasketView"/>.</returns>
    public Task<ForwardedAnswer> ClearAsync(string customerId, CancellationToken cancellationToken) => ForwardAsync(HttpMethod.Delete, customerId, "", null, cancellationToken);

    /// <returns>202 with a <see cref="CheckedOut"/>.</returns>
    public Task<ForwardedAnswer> CheckOutAsync(string customerId, CheckOutBasket command, CancellationToken cancellationToken) =>
        ForwardAsync(HttpMethod.Post, customerId, "/checkout", command, cancellationToken);

    private Task<ForwardedAnswer> ForwardAsync(HttpMethod method, string customerId, string path, object? body, CancellationToken cancellationToken) =>
        _baskets.ForwardAsync(method, $"baskets/{Uri.EscapeDataString(customerId)}{path}", body, null, cancellationToken);
}
