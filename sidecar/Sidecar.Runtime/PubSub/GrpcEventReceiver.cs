using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Resiliency;
using Answer = Dapr.Protocol.Runtime.V1.TopicEventResponse.Types.TopicEventResponseStatus;

namespace Sidecar.Runtime.PubSub;

/// <summary>Hands events to an app that speaks gRPC: <c>AppCallback/OnTopicEvent</c>.</summary>
internal sealed class GrpcEventReceiver(AppCallback app, ILogger logger) : IEventReceiver
{
    /// <inheritdoc/>
    public async Task<Verdict> DeliverAsync(EventDelivery delivery, CancellationToken cancellationToken)
    {
        using var span = DeliveryHeaders.StartSpan(delivery.Message.Topic, delivery.Fields);
        var metadata = DeliveryHeaders.ToMetadata(delivery.PubSubName, delivery.Message.Metadata, delivery.Fields);
        Answer answer;
        try
        {
            answer = (await app.CallAsync(AppCallbackMethods.OnTopicEvent, TopicEvents.ToRequest(delivery), metadata, cancellationToken)).Message.Status;
        }
        catch (GrpcException error) when (error.StatusCode == GrpcStatusCode.Unimplemented)
        {
            // As daprd does: this is the end of the event, and unlike a missing HTTP route it is not dead-lettered.
            PubSubLog.NotImplemented(logger, delivery.Fields.Id, delivery.Message.Topic);
            return Verdict.Success;
        }
        catch (GrpcException error)
        {
            throw new OperationFailedException($"error returned from app while processing pub/sub event {delivery.Fields.Id}: rpc error: code = {error.StatusCode} desc = {error.Detail}", error)
            {
                GrpcStatus = (int)error.StatusCode,
            };
        }

        switch (answer)
        {
            case Answer.Success:
                return Verdict.Success;
            case Answer.Drop:
                PubSubLog.Dropped(logger, delivery.Fields.Id, delivery.Message.Topic);
                return Verdict.Drop;
            case Answer.Retry:
                throw new OperationFailedException($"RETRY status returned from app while processing pub/sub event {delivery.Fields.Id}");
            default:
                throw new OperationFailedException($"unknown status returned from app while processing pub/sub event {delivery.Fields.Id}, status: {answer}");
        }
    }
}
