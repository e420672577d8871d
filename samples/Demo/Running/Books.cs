using System.Diagnostics;

namespace Demo.Running;

/// <summary>Asks the platform whether its books agree.</summary>
public static class Books
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Asks until all is well or the patience is over: what follows an order's end (a stock movement, a last event) may still be on its way, and an order in between may be about to end.
    /// </summary>
    /// <param name="gateway">The platform.</param>
    /// <param name="patience">How long to ask again.</param>
    /// <param name="ended">Orders in between count as not well.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    public static async Task<AuditReport> CheckAsync(Gateway gateway, TimeSpan patience, bool ended, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var audit = await gateway.AuditAsync(cancellationToken);
            if ((audit is { Stock: true, Money: true, Shipments: true } && (!ended || audit.Stuck == 0)) || Stopwatch.GetElapsedTime(started) > patience)
                return audit;
            await Task.Delay(s_pause, cancellationToken);
        }
    }

    /// <summary>Asks Loyalty in the same way: an order's points may come after its end. Null where the platform runs without it.</summary>
    public static async Task<PointsReport?> CheckPointsAsync(Gateway gateway, TimeSpan patience, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var points = await gateway.PointsAsync(cancellationToken);
            if (points is null or { Agree: true } || Stopwatch.GetElapsedTime(started) > patience)
                return points;
            await Task.Delay(s_pause, cancellationToken);
        }
    }
}
