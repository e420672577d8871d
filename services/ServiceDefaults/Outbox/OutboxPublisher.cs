using System.Diagnostics.Metrics;
using System.Text.Json;
using Dapr;
using Dapr.Client;
using Microsoft.Extensions.Logging;

namespace ServiceDefaults.Outbox;

/// <summary>Publishes committed events in order.</summary>
public sealed partial class OutboxPublisher(DaprClient dapr, ServiceIdentity service, TimeProvider clock, ILogger<OutboxPublisher> logger)
{
    public const string PubSub = "pubsub";

    /// <summary>Shorter than a caller waits for the answer of the command whose events these are, and than the relay leaves them alone: with the broker away commands are taken all the same.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(3);

    private static readonly Counter<long> _published = Telemetry.Meter.CreateCounter<long>("orders.events.published");

    /// <summary>Publishes what is not out yet and stops at the first failure: the relay goes on from there.</summary>
    internal async Task PublishAsync(OutboxSlot slot, IReadOnlyList<OutboxRecord> records, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(_patience, clock);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        foreach (var record in records.Where(record => !slot.IsPublished(record.Id)))
        {
            try
            {
                await PublishAsync(record, timeout.Token);
                slot.MarkPublished(record.Id);
                _published.Add(1, new KeyValuePair<string, object?>("type", record.Type));
            }
            catch (Exception exception) when (exception is DaprException or OperationCanceledException or HttpRequestException)
            {
                LogLeft(logger, record.Id, exception.Cause());
                return;
            }
        }
    }

    private Task PublishAsync(OutboxRecord record, CancellationToken cancellationToken)
    {
        var metadata = new Dictionary<string, string>
        {
            ["partitionKey"] = record.Key,
            ["cloudevent.id"] = record.Id,
            ["cloudevent.type"] = record.Type,
            ["cloudevent.source"] = service.AppId,
            ["cloudevent.subject"] = record.Key,
        };
        if (record.TraceParent is { } trace)
        {
            metadata["cloudevent.traceparent"] = trace;
            metadata["cloudevent.traceid"] = trace;
        }

        return dapr.PublishByteEventAsync(PubSub, record.Topic, JsonSerializer.SerializeToUtf8Bytes(record.Payload), "application/json", metadata, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Event {Id} is committed but not published yet; the relay will try again: {Reason}")]
    private static partial void LogLeft(ILogger logger, string id, string reason);
}
