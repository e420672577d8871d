using System.Diagnostics.Metrics;
using Dapr.Client;
using ServiceDefaults;
using ServiceDefaults.State;

namespace Gateway.Books;

/// <summary>What one comparison of the books found.</summary>
/// <param name="At">When it began.</param>
/// <param name="TookSeconds">How long it took.</param>
/// <param name="Report">What it found.</param>
public sealed record Reconciliation(DateTimeOffset At, double TookSeconds, AuditReport Report);

/// <summary>Compares all books when its job says so, and keeps what it found where every instance finds it. It only reads: running it twice does no harm.</summary>
public sealed partial class NightlyReconciliation(DaprClient dapr, Audit audit, TimeProvider clock, ILogger<NightlyReconciliation> logger)
{
    private const string Key = "last-reconciliation";

    private static readonly Gauge<int> _disagreeing = Telemetry.Meter.CreateGauge<int>("reconciliation.disagreeing", description: "1 where the last reconciliation found that these books disagree");
    private static readonly Gauge<int> _stuck = Telemetry.Meter.CreateGauge<int>("reconciliation.stuck", "{order}", "Orders that the last reconciliation found in between");

    /// <exception cref="HttpRequestException">A service or a partner does not answer: the job's failure policy brings it again.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var (at, started) = (clock.GetUtcNow(), clock.GetTimestamp());
        var report = await audit.RunAsync(cancellationToken);
        await dapr.SaveStateAsync(UnitOfWork.Store, Key, new Reconciliation(at, clock.GetElapsedTime(started).TotalSeconds, report), cancellationToken: cancellationToken);

        Count("stock", report.Stock);
        Count("money", report.Money);
        Count("shipments", report.Shipments);
        _stuck.Record(report.Stuck);
        if (report is { Stock: true, Money: true, Shipments: true })
        {
            LogAgree(logger, report.Orders, report.Stuck);
        }
        else
        {
            LogDisagree(logger, report.Orders, string.Join("; ", report.Details));
        }
    }

    /// <summary>What the last one found; null before the first.</summary>
    public async Task<Reconciliation?> LastAsync(CancellationToken cancellationToken) => await dapr.GetStateAsync<Reconciliation?>(UnitOfWork.Store, Key, cancellationToken: cancellationToken);

    private static void Count(string books, bool agree) => _disagreeing.Record(agree ? 0 : 1, new KeyValuePair<string, object?>("books", books));

    [LoggerMessage(Level = LogLevel.Information, Message = "The books agree on {Orders} orders, {Stuck} of them still on their way")]
    private static partial void LogAgree(ILogger logger, int orders, int stuck);

    [LoggerMessage(Level = LogLevel.Error, Message = "The books of {Orders} orders disagree: {Details}")]
    private static partial void LogDisagree(ILogger logger, int orders, string details);
}
