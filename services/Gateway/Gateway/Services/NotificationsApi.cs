using Dapr.Client;
using Notifications.Contracts;
using ServiceDefaults.Calls;

namespace Gateway.Services;

/// <summary>Notifications's API.</summary>
public sealed class NotificationsApi(DaprClient dapr)
{
    private readonly Invocation _notifications = Invocation.For(dapr, "notifications");

    public Task<OrderLog> LogAsync(string orderId, CancellationToken cancellationToken) =>
        _notifications.SendAsync<OrderLog>(HttpMethod.Get, $"orders/{Uri.EscapeDataString(orderId)}/log", null, cancellationToken);

    public Task<IReadOnlyList<DeadLetter>> DeadLettersAsync(CancellationToken cancellationToken) =>
        _notifications.SendAsync<IReadOnlyList<DeadLetter>>(HttpMethod.Get, "dead-letters", null, cancellationToken);
}
