using System.Text.Json;
using Dapr;
using Dapr.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceDefaults.State;

namespace ServiceDefaults.Outbox;

/// <summary>Clears what is published, and publishes what a crash or an outage left behind: at start, and periodically.</summary>
public sealed partial class OutboxRelay(DaprClient dapr, OutboxSlots slots, OutboxPublisher publisher, TimeProvider clock, ILogger<OutboxRelay> logger) : BackgroundService
{
    /// <summary>How soon a published record is cleared when no later commit does it on the way.</summary>
    internal static readonly TimeSpan TidyEvery = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan _searchEvery = TimeSpan.FromSeconds(10);

    /// <summary>A younger record is still in its committer's hands.</summary>
    private static readonly TimeSpan _abandonedAfter = TimeSpan.FromSeconds(5);

    private DateTimeOffset _searched = DateTimeOffset.MinValue;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TidyEvery, clock);
        do
        {
            await RoundAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Visits the slots of which this process knows something to clear; all of them when it is time to search.</summary>
    internal async Task RoundAsync(CancellationToken cancellationToken)
    {
        var search = clock.GetUtcNow() - _searched >= _searchEvery;
        var due = slots.All.Where(slot => search || slot.HasLeftovers).ToList();
        try
        {
            await VisitAsync(due, cancellationToken);
            _searched = search ? clock.GetUtcNow() : _searched;
        }
        catch (Exception exception) when (exception is DaprException or HttpRequestException or MissingDependencyException)
        {
            LogPostponed(logger, exception.Cause());
        }
    }

    private async Task VisitAsync(List<OutboxSlot> due, CancellationToken cancellationToken)
    {
        if (due.Count == 0)
        {
            return;
        }

        var byKey = due.ToDictionary(slot => slot.Key);
        foreach (var item in await dapr.GetBulkStateAsync(UnitOfWork.Store, [.. byKey.Keys], parallelism: null, cancellationToken: cancellationToken))
        {
            if (!string.IsNullOrEmpty(item.Value) && item.Value != "{\"records\":[]}")
            {
                await VisitAsync(byKey[item.Key], cancellationToken);
            }
        }
    }

    private async Task VisitAsync(OutboxSlot slot, CancellationToken cancellationToken)
    {
        using var turn = await slot.EnterAsync(cancellationToken);
        var (content, etag) = await dapr.GetStateAndETagAsync<OutboxContent?>(UnitOfWork.Store, slot.Key, cancellationToken: cancellationToken);
        var records = content?.Records ?? [];
        var abandoned = records.Where(record => clock.GetUtcNow() - record.At > _abandonedAfter).ToList();
        await publisher.PublishAsync(slot, abandoned, cancellationToken);
        slot.ForgetOthers([.. records.Select(record => record.Id)]);

        var published = slot.PublishedAmong(records);
        if (published.Count == 0)
        {
            return;
        }

        var rest = new OutboxContent([.. records.Where(record => !published.Contains(record.Id))]);
        var options = new StateOptions { Concurrency = ConcurrencyMode.FirstWrite };
        if (await dapr.TrySaveStateAsync(UnitOfWork.Store, slot.Key, rest, etag, options, cancellationToken: cancellationToken))
        {
            slot.Forget(published);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The outbox cannot be read now, trying again soon: {Reason}")]
    private static partial void LogPostponed(ILogger logger, string reason);
}
