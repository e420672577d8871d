using System.Runtime.CompilerServices;
using Dapr.Client;
using Ordering.Contracts;
using ServiceDefaults;
using ServiceDefaults.Calls;

namespace Gateway.Services;

/// <summary>Ordering's API.</summary>
public sealed class OrderingApi(DaprClient dapr)
{
    private readonly Invocation _ordering = Invocation.For(dapr, "ordering");

    /// <returns>The order as an <see cref="OrderView"/>: 202, or 200 when it was there before.</returns>
    public Task<ForwardedAnswer> SubmitAsync(SubmitOrder command, CancellationToken cancellationToken) => _ordering.ForwardAsync(HttpMethod.Post, "orders", command, null, cancellationToken);

    /// <returns>An <see cref="OrderView"/>.</returns>
    public Task<ForwardedAnswer> FindAsync(string orderId, CancellationToken cancellationToken) =>
        _ordering.ForwardAsync(HttpMethod.Get, $"orders/{Uri.EscapeDataString(orderId)}", null, null, cancellationToken);

    /// <returns>An <see cref="OrderPage"/>.</returns>
    public Task<ForwardedAnswer> ListAsync(string? after, CancellationToken cancellationToken) => _ordering.ForwardAsync(HttpMethod.Get, PageAfter(after), null, null, cancellationToken);

    public Task<OrderView> ApproveAsync(string orderId, ApproveOrder command, CancellationToken cancellationToken) => PostAsync(orderId, "approve", command, cancellationToken);

    public Task<OrderView> CancelAsync(string orderId, CancelOrder command, CancellationToken cancellationToken) => PostAsync(orderId, "cancel", command, cancellationToken);

    public Task<OrderView> ReturnAsync(string orderId, ReturnOrder command, CancellationToken cancellationToken) => PostAsync(orderId, "return", command, cancellationToken);

    /// <summary>All orders, page by page.</summary>
    public async IAsyncEnumerable<IReadOnlyList<OrderSummary>> AllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var page = await _ordering.SendAsync<OrderPage>(HttpMethod.Get, PageAfter(after), null, cancellationToken);
            after = page.Next;
            yield return page.Orders;
        }
        while (after is not null);
    }

    public Task<IReadOnlyList<Measurement>> MeasureAsync(IReadOnlyList<string> orderIds, CancellationToken cancellationToken) => _ordering.MeasureAsync(orderIds, cancellationToken);

    private static string PageAfter(string? after) => after is null ? "orders" : $"orders?after={Uri.EscapeDataString(after)}";

    private Task<OrderView> PostAsync(string orderId, string verb, object command, CancellationToken cancellationToken) =>
        _ordering.SendAsync<OrderView>(HttpMethod.Post, $"orders/{Uri.EscapeDataString(orderId)}/{verb}", command, cancellationToken);
}
