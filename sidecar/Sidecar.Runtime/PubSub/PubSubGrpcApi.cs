using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.PubSub;

/// <summary>The publish API and the streaming subscription over gRPC.</summary>
public static class PubSubGrpcApi
{
    private static readonly Empty s_empty = new();

    /// <summary>Maps PublishEvent, BulkPublishEvent (and its alpha name) and SubscribeTopicEventsAlpha1.</summary>
    public static void MapPubSubGrpc(this IEndpointRouteBuilder routes)
    {
        routes.MapGrpcUnary(DaprMethods.PublishEvent, PublishAsync);
        routes.MapGrpcUnary(DaprMethods.BulkPublishEvent, PublishBulkAsync);
        routes.MapGrpcUnary(DaprMethods.BulkPublishEventAlpha1, PublishBulkAsync);
        routes.MapGrpcDuplex(DaprMethods.SubscribeTopicEventsAlpha1, SubscribeAsync);
    }

    private static async Task<Empty> PublishAsync(PublishEventRequest request, GrpcServerCall call)
    {
        await call.HttpContext.GetBlock<PubSubBlock>().Publisher.PublishAsync(
            request.PubsubName, request.Topic, request.Data.Memory, request.DataContentType, request.Metadata, TraceOf(call), call.CancellationToken);
        return s_empty;
    }

    private static async Task<BulkPublishResponse> PublishBulkAsync(BulkPublishRequest request, GrpcServerCall call)
    {
        var publisher = call.HttpContext.GetBlock<PubSubBlock>().Publisher;
        var entries = request.Entries.Select(entry => new BulkEntry(entry.EntryId, entry.Event.Memory, entry.ContentType, entry.Metadata.Count == 0 ? null : entry.Metadata)).ToArray();
        try
        {
            await publisher.PublishBulkAsync(request.PubsubName, request.Topic, entries, request.Metadata, TraceOf(call), call.CancellationToken);
            return new BulkPublishResponse();
        }
        catch (BulkPublishException exception) when (exception.Failed.Count < entries.Length)
        {
            return new BulkPublishResponse
            {
                FailedEntries = { exception.Failed.Select(failed => new BulkPublishResponseFailedEntry { EntryId = failed.EntryId, Error = failed.Error }) },
            };
        }
        catch (BulkPublishException exception)
        {
            // All failed: as in Dapr the call itself does.
            throw exception.Error;
        }
    }

    private static async Task SubscribeAsync(
        IAsyncEnumerable<SubscribeTopicEventsRequestAlpha1> requests, IGrpcStreamWriter<SubscribeTopicEventsResponseAlpha1> responses, GrpcServerCall call) =>
        await new StreamSubscription(call.HttpContext.GetBlock<PubSubBlock>(), responses).RunAsync(requests, call.CancellationToken);

    private static EventTrace TraceOf(GrpcServerCall call) =>
        EventTrace.Current(call.RequestMetadata.GetText("traceparent"), call.RequestMetadata.GetText("tracestate"));
}
