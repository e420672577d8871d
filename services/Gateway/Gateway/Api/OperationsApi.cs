using Gateway.Books;
using Gateway.Services;

namespace Gateway.Api;

/// <summary>For operators: do the books agree, what does an order cost, what could not be handled.</summary>
public static class OperationsApi
{
    public static void MapOperationsApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/").WithTags("Operations");
        api.MapGet("/invariants", (Audit audit, CancellationToken cancellationToken) => audit.RunAsync(cancellationToken)).WithSummary("Compares the books of all services and partners");
        api.MapGet("/reconciliation", async (NightlyReconciliation nightly, CancellationToken cancellationToken) =>
                await nightly.LastAsync(cancellationToken) is { } last ? Results.Ok(last) : Results.NoContent())
            .WithSummary("What the last nightly comparison of the books found; nothing before the first").Produces<Reconciliation>();
        api.MapGet("/measurements", (Measurements measurements, CancellationToken cancellationToken) => measurements.RunAsync(cancellationToken))
            .WithSummary("What the two styles cost, order by order");
        api.MapGet("/points", async (PointsAudit points, CancellationToken cancellationToken) =>
                await points.RunAsync(cancellationToken) is { } report ? Results.Ok(report) : Results.NoContent())
            .WithSummary("Compares the books of Loyalty with Ordering's; nothing where the platform runs without Loyalty").Produces<PointsReport>();
        api.MapGet("/dead-letters", (NotificationsApi notifications, CancellationToken cancellationToken) => notifications.DeadLettersAsync(cancellationToken))
            .WithSummary("Messages that a service could not accept");
    }
}
