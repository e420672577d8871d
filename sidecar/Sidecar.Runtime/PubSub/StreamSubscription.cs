using Dapr.Protocol.Grpc;
using Dapr.Protocol.Runtime.V1;
using Sidecar.Runtime.Resiliency;
using Sidecar.Runtime.Resources;
using Answer = Dapr.Protocol.Runtime.V1.TopicEventResponse.Types.TopicEventResponseStatus;

namespace Sidecar.Runtime.PubSub;

/// <summary>A subscription that an app opened as a stream: it needs no app port, and ends with the stream.</summary>
internal sealed class StreamSubscription(PubSubBlock block, IGrpcStreamWriter<SubscribeTopicEventsResponseAlpha1> responses) : IEventReceiver
{
    private readonly Lock _lock = new();

    /// <summary>Deliveries without an answer by event id; the same event may be out twice.</summary>
    private readonly Dictionary<string, Queue<TaskCompletionSource<Answer>>> _waiting = new(StringComparer.Ordinal);

    /// <summary>Serves the stream until the app ends it.</summary>
    /// <exception cref="GrpcException">The app breaks the protocol; daprd tells of it by plain errors, which are Unknown. Source: pkg/api/grpc/subscribe.go.</exception>
    public async Task RunAsync(IAsyncEnumerable<SubscribeTopicEventsRequestAlpha1> requests, CancellationToken cancellationToken)
    {
        SubscriptionRunner? runner = null;
        try
        {
            await foreach (var request in requests.WithCancellation(cancellationToken))
            {
                if (runner is null)
                    runner = await OpenAsync(request.InitialRequest, cancellationToken);
                else if (request.EventProcessed is { } processed)
                    Complete(processed.Id, processed.Status?.Status ?? Answer.Success);
                else
                    throw new GrpcException(GrpcStatusCode.Unknown, "duplicate initial request received");
            }
        }
        finally
        {
            // Closing interrupts deliveries under way: their events go back to the component.
            if (runner is not null)
                await block.CloseStreamAsync(runner);
        }
    }

    /// <inheritdoc/>
    public async Task<Verdict> DeliverAsync(EventDelivery delivery, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (!_waiting.TryGetValue(delivery.Fields.Id, out var queue))
                _waiting.Add(delivery.Fields.Id, queue = new());
            queue.Enqueue(answer);
        }

        using var span = DeliveryHeaders.StartSpan(delivery.Message.Topic, delivery.Fields);
        var sent = new SubscribeTopicEventsResponseAlpha1 { EventMessage = TopicEvents.ToRequest(delivery) };
        try
        {
            await responses.WriteAsync(sent, cancellationToken);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or InvalidOperationException)
        {
            // The stream is gone, which is not the event's fault: hold it until the subscription is closed and gives it back.
            await Task.Delay(Timeout.InfiniteTimeSpan, block.Time, cancellationToken);
        }

        return await answer.Task.WaitAsync(cancellationToken) switch
        {
            Answer.Success => Verdict.Success,
            Answer.Drop => Verdict.Drop,
            var status => throw new OperationFailedException($"{status} status returned from app while processing pub/sub event {delivery.Fields.Id}"),
        };
    }

    private async Task<SubscriptionRunner> OpenAsync(SubscribeTopicEventsRequestInitialAlpha1? initial, CancellationToken cancellationToken)
    {
        if (initial is null)
            throw new GrpcException(GrpcStatusCode.Unknown, "initial request is required");
        if (initial.PubsubName.Length == 0)
            throw new GrpcException(GrpcStatusCode.Unknown, "pubsubName is required");
        if (initial.Topic.Length == 0)
            throw new GrpcException(GrpcStatusCode.Unknown, "topic is required");

        var subscription = new Subscription
        {
            PubSubName = initial.PubsubName,
            Topic = initial.Topic,
            Rules = [new SubscriptionRule("", "/")],
            DeadLetterTopic = initial.DeadLetterTopic,
            Metadata = new Dictionary<string, string>(initial.Metadata, StringComparer.OrdinalIgnoreCase),
            Origin = SubscriptionOrigin.Streaming,
        };
        // The answer goes first: a client takes it before any event.
        block.CheckStream(subscription);
        await responses.WriteAsync(new SubscribeTopicEventsResponseAlpha1 { InitialResponse = new() }, cancellationToken);
        return await block.OpenStreamAsync(subscription, this, cancellationToken);
    }

    private void Complete(string id, Answer status)
    {
        lock (_lock)
        {
            if (!_waiting.TryGetValue(id, out var queue))
                return;
            queue.Dequeue().TrySetResult(status);
            if (queue.Count == 0)
                _waiting.Remove(id);
        }
    }
}
