using System.Text.Json;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Cel;
using Sidecar.Runtime.Resiliency;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Telemetry;

namespace Sidecar.Runtime.PubSub;

/// <summary>Takes batches of one subscription: sorts them by route, delivers each part under the inbound policy, retrying only what failed.</summary>
internal sealed class BulkEventConsumer(
    Subscription subscription, TopicRouter router, IBulkReceiver receiver, DeadLetters deadLetters, IPolicy policy, DeliveryGate gate, TimeProvider time, SidecarMetrics metrics,
    ILogger logger)
{
    private readonly bool _raw = RawPayload.IsAsked(subscription.Metadata, subscription.PubSubName);

    /// <summary>Handles a batch; the answer has null for each message that is done.</summary>
    public async Task<IReadOnlyList<Exception?>> HandleAsync(IReadOnlyList<PubSubMessage> messages, CancellationToken cancellationToken)
    {
        using var interruption = gate.OrWhen(cancellationToken);
        var outcomes = new Exception?[messages.Count];
        foreach (var (path, indexes) in await SortAsync(messages, outcomes, cancellationToken))
        {
            await DeliverAsync(path, messages, indexes, outcomes, interruption, cancellationToken);
        }

        if (interruption.IsAsked)
            return [.. outcomes.Select(error => error is null ? null : new OperationCanceledException("delivery was interrupted", error, interruption.Token))];
        await DeadLetterFailedAsync(messages, outcomes, cancellationToken);
        return outcomes;
    }

    private async Task<Dictionary<string, List<(int Index, EventFields Fields)>>> SortAsync(
        IReadOnlyList<PubSubMessage> messages, Exception?[] outcomes, CancellationToken cancellationToken)
    {
        var byPath = new Dictionary<string, List<(int Index, EventFields Fields)>>(StringComparer.Ordinal);
        for (var i = 0; i < messages.Count; i++)
        {
            var message = messages[i];
            try
            {
                var fields = _raw ? new EventFields("", message.Metadata.GetValueOrDefault("traceparent"), null, null) : EventFields.Read(message.Data.Span);
                if (fields.HasExpired(time.GetUtcNow()))
                {
                    PubSubLog.Expired(logger, fields.Id, message.Topic);
                    await deadLetters.TrySendAsync(message, "its time to live is over", cancellationToken);
                }
                else if (router.Find(_raw ? "{}"u8.ToArray() : message.Data) is { } path)
                {
                    if (!byPath.TryGetValue(path, out var list))
                        byPath.Add(path, list = []);
                    list.Add((i, fields));
                }
                else
                {
                    PubSubLog.NoRoute(logger, fields.Id, message.Topic);
                    await deadLetters.TrySendAsync(message, "no route of the subscription matches it", cancellationToken);
                }
            }
            catch (Exception exception) when (exception is JsonException or CelException)
            {
                PubSubLog.Unreadable(logger, message.Topic, subscription.PubSubName, exception.Message);
                outcomes[i] = exception;
            }
        }

        return byPath;
    }

    private async Task DeliverAsync(
        string path, IReadOnlyList<PubSubMessage> messages, List<(int Index, EventFields Fields)> part, Exception?[] outcomes, Interruption interruption,
        CancellationToken cancellationToken)
    {
        var pending = part.ConvertAll(item => (item.Index, Item: new BulkItem(Guid.NewGuid().ToString(), messages[item.Index], item.Fields)));
        try
        {
            await policy.ExecuteAsync(
                token => gate.TryAsync(
                    async attempt =>
                    {
                        var delivery = new BulkDelivery(subscription.PubSubName, subscription.Topic, path, _raw, pending.ConvertAll(entry => entry.Item));
                        var statuses = await receiver.DeliverAsync(delivery, attempt);
                        foreach (var sameStatus in statuses.GroupBy(status => status))
                            metrics.PubSubBulkIngress.Add(sameStatus.Count(), subscription.PubSubName, subscription.Topic, StatusName(sameStatus.Key));

                        var retry = new List<(int, BulkItem)>();
                        for (var i = 0; i < statuses.Length; i++)
                        {
                            if (statuses[i] == BulkStatus.Retry)
                                retry.Add(pending[i]);
                            else if (statuses[i] == BulkStatus.Drop)
                                await DropAsync(pending[i].Item, cancellationToken);
                        }

                        pending = retry;
                        return pending.Count == 0
                            ? true
                            : throw new OperationFailedException($"{pending.Count} message(s) have failed during bulk subscribe operation");
                    },
                    token),
                interruption.Token);
        }
        catch (Exception exception)
        {
            if (!interruption.IsAsked)
                PubSubLog.DeliveryFailed(logger, $"{pending.Count} in bulk", subscription.Topic, exception.Message);
            foreach (var (index, _) in pending)
            {
                outcomes[index] = exception;
            }
        }
    }

    private static string StatusName(BulkStatus status) => status switch
    {
        BulkStatus.Retry => "retry",
        BulkStatus.Drop => "drop",
        _ => "success",
    };

    private async Task DropAsync(BulkItem item, CancellationToken cancellationToken)
    {
        PubSubLog.Dropped(logger, item.Fields.Id, subscription.Topic);
        await deadLetters.TrySendAsync(item.Message, "the app answers DROP", cancellationToken);
    }

    private async Task DeadLetterFailedAsync(IReadOnlyList<PubSubMessage> messages, Exception?[] outcomes, CancellationToken cancellationToken)
    {
        var failed = messages.Select((message, index) => (Message: message, Reason: outcomes[index]?.Message!)).Where(letter => letter.Reason is not null).ToList();
        if (failed.Count > 0 && await deadLetters.TrySendAsync(failed, cancellationToken))
            Array.Clear(outcomes);
    }
}
