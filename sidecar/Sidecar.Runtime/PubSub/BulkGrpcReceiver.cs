using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Resiliency;
using Answer = Dapr.Protocol.Runtime.V1.TopicEventResponse.Types.TopicEventResponseStatus;

namespace Sidecar.Runtime.PubSub;

/// <summary>Hands batches of events to an app that speaks gRPC: <c>OnBulkTopicEvent</c>, or <c>OnBulkTopicEventAlpha1</c> of apps that have only that.</summary>
internal sealed class BulkGrpcReceiver(AppCallback app, ILogger logger) : IBulkReceiver
{
    /// <inheritdoc/>
    public async Task<BulkStatus[]> DeliverAsync(BulkDelivery delivery, CancellationToken cancellationToken)
    {
        using var span = DeliveryHeaders.StartSpan(delivery.Topic, delivery.Items[0].Fields);
        var metadata = DeliveryHeaders.ToMetadata(delivery.PubSubName, new Dictionary<string, string>(), delivery.Items[0].Fields);
        try
        {
            var response = await app.CallEitherAsync(
                AppCallbackMethods.OnBulkTopicEvent, AppCallbackMethods.OnBulkTopicEventAlpha1, ToRequest(delivery), metadata, cancellationToken);
            return delivery.Statuses(response.Statuses.Select(entry => (entry.EntryId, StatusOf(entry.Status))));
        }
        catch (GrpcException error) when (error.StatusCode == GrpcStatusCode.Unimplemented)
        {
            // As with single events: acknowledged, and not dead-lettered.
            PubSubLog.NotImplemented(logger, $"{delivery.Items.Count} in bulk", delivery.Topic);
            return new BulkStatus[delivery.Items.Count];
        }
        catch (GrpcException error)
        {
            throw new OperationFailedException($"error returned from app while processing bulk pub/sub event: rpc error: code = {error.StatusCode} desc = {error.Detail}", error)
            {
                GrpcStatus = (int)error.StatusCode,
            };
        }
    }

    private static TopicEventBulkRequest ToRequest(BulkDelivery delivery)
    {
        var request = new TopicEventBulkRequest
        {
            Id = Guid.NewGuid().ToString(),
            Topic = delivery.Topic,
            PubsubName = delivery.PubSubName,
            Type = "com.dapr.event.sent.bulk",
            Path = delivery.Path,
            Metadata = { { "pubsubName", delivery.PubSubName } },
        };
        foreach (var item in delivery.Items)
        {
            var entry = new TopicEventBulkRequestEntry { EntryId = item.EntryId, ContentType = item.Message.ContentType };
            foreach (var (name, value) in item.Message.Metadata)
                entry.Metadata[name] = value;
            if (delivery.IsRaw)
                entry.Bytes = ByteString.CopyFrom(item.Message.Data.Span);
            else
                entry.CloudEvent = TopicEvents.ToCloudEvent(item.Message.Data);
            request.Entries.Add(entry);
        }

        return request;
    }

    private static BulkStatus StatusOf(Answer answer) => answer switch
    {
        Answer.Success => BulkStatus.Success,
        Answer.Drop => BulkStatus.Drop,
        _ => BulkStatus.Retry,
    };
}
