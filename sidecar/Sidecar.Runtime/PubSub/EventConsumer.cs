using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Cel;
using Sidecar.Runtime.Resiliency;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.PubSub;

/// <summary>Takes the messages of one subscription from the component and sees each through: route, delivery under the inbound policy, dead letter.</summary>
internal sealed class EventConsumer(
    Subscription subscription, TopicRouter router, IEventReceiver receiver, DeadLetters deadLetters, IPolicy policy, DeliveryGate gate, TimeProvider time, ILogger logger)
{
    private readonly bool _raw = RawPayload.IsAsked(subscription.Metadata, subscription.PubSubName);

    /// <summary>Handles one message: returning acknowledges it.</summary>
    public async Task HandleAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> cloudEvent;
        EventFields fields;
        string? path;
        try
        {
            cloudEvent = ToCloudEvent(message);
            fields = EventFields.Read(cloudEvent.Span);
            if (fields.HasExpired(time.GetUtcNow()))
            {
                PubSubLog.Expired(logger, fields.Id, message.Topic);
                await deadLetters.TrySendAsync(message, "its time to live is over", cancellationToken);
                return;
            }

            path = router.Find(cloudEvent);
        }
        catch (Exception exception) when (exception is JsonException or CelException)
        {
            PubSubLog.Unreadable(logger, message.Topic, subscription.PubSubName, exception.Message);
            if (await deadLetters.TrySendAsync(message, exception.Message, cancellationToken))
                return;
            throw;
        }

        if (path is null)
        {
            PubSubLog.NoRoute(logger, fields.Id, message.Topic);
            await deadLetters.TrySendAsync(message, "no route of the subscription matches it", cancellationToken);
            return;
        }

        await DeliverAsync(new EventDelivery(subscription.PubSubName, path, message, cloudEvent, fields), cancellationToken);
    }

    private async Task DeliverAsync(EventDelivery delivery, CancellationToken cancellationToken)
    {
        using var interruption = gate.OrWhen(cancellationToken);
        try
        {
            var verdict = await policy.ExecuteAsync(
                token => gate.TryAsync(attempt => receiver.DeliverAsync(delivery, attempt), token), interruption.Token);
            if (verdict == Verdict.Success)
                return;
        }
        catch (Exception exception) when (interruption.IsAsked)
        {
            // Not the event's fault: the component keeps it for later.
            throw new OperationCanceledException($"delivery of event {delivery.Fields.Id} was interrupted", exception, interruption.Token);
        }
        catch (Exception exception)
        {
            PubSubLog.DeliveryFailed(logger, delivery.Fields.Id, delivery.Message.Topic, exception.Message);
            if (await deadLetters.TrySendAsync(delivery.Message, exception.Message, cancellationToken))
                return;
            throw;
        }

        // Dropped: without a dead-letter topic that is the end of it.
        if (deadLetters.AreKept && !await deadLetters.TrySendAsync(delivery.Message, "the app answers DROP", cancellationToken))
            throw new OperationFailedException($"event {delivery.Fields.Id} was dropped and could not be sent to the dead-letter topic {subscription.DeadLetterTopic}");
    }

    private ReadOnlyMemory<byte> ToCloudEvent(PubSubMessage message)
    {
        if (!_raw)
            return message.Data;
        var buffer = new ArrayBufferWriter<byte>((message.Data.Length * 4 / 3) + 512);
        CloudEventWriter.WrapRaw(buffer, subscription.PubSubName, message);
        return buffer.WrittenMemory;
    }
}
