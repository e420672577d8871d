using Notifications.Contracts;

namespace Notifications.Api;

/// <summary>The customer's log and the operator's list of dead letters.</summary>
public static class NotificationsApi
{
    public static void MapNotificationsApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/").WithTags("Notifications");
        api.MapGet("/orders/{orderId}/log", FindAsync);
        api.MapGet("/dead-letters", (DeadLetters letters, CancellationToken cancellationToken) => letters.AllAsync(cancellationToken));
    }

    private static async Task<OrderLog> FindAsync(string orderId, CustomerLogs logs, CancellationToken cancellationToken) =>
        await logs.FindAsync(orderId, cancellationToken) ?? new OrderLog(orderId, []);
}
