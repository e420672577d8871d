using System.Text;
using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Runtime.State;

/// <summary>The state API over gRPC.</summary>
public static class StateGrpcApi
{
    private static readonly Empty s_empty = new();

    /// <summary>Maps the state methods of the Dapr service.</summary>
    public static void MapStateGrpc(this IEndpointRouteBuilder routes)
    {
        routes.MapGrpcUnary(DaprMethods.GetState, GetAsync);
        routes.MapGrpcUnary(DaprMethods.GetBulkState, GetBulkAsync);
        routes.MapGrpcUnary(DaprMethods.SaveState, SaveAsync);
        routes.MapGrpcUnary(DaprMethods.DeleteState, DeleteAsync);
        routes.MapGrpcUnary(DaprMethods.DeleteBulkState, DeleteBulkAsync);
        routes.MapGrpcUnary(DaprMethods.ExecuteStateTransaction, TransactAsync);
        routes.MapGrpcUnary(DaprMethods.QueryStateAlpha1, QueryAsync);
    }

    private static StateStoreClient Store(GrpcServerCall call, string name) => call.HttpContext.GetBlock<StateBlock>().GetStore(name);

    private static async Task<GetStateResponse> GetAsync(GetStateRequest request, GrpcServerCall call)
    {
        var item = await Store(call, request.StoreName).GetAsync(request.Key, call.CancellationToken);
        return item is null
            ? new GetStateResponse()
            : new GetStateResponse { Data = UnsafeByteOperations.UnsafeWrap(item.Value), Etag = item.ETag, Metadata = { Map(item) } };
    }

    private static async Task<GetBulkStateResponse> GetBulkAsync(GetBulkStateRequest request, GrpcServerCall call)
    {
        var items = await Store(call, request.StoreName).GetManyAsync(request.Keys, call.CancellationToken);
        var response = new GetBulkStateResponse();
        for (var i = 0; i < request.Keys.Count; i++)
        {
            response.Items.Add(items[i] is { } item
                ? new BulkStateItem { Key = request.Keys[i], Data = UnsafeByteOperations.UnsafeWrap(item.Value), Etag = item.ETag, Metadata = { Map(item) } }
                : new BulkStateItem { Key = request.Keys[i] });
        }

        return response;
    }

    private static async Task<Empty> SaveAsync(SaveStateRequest request, GrpcServerCall call)
    {
        var store = Store(call, request.StoreName);
        if (request.States.Count > 0)
            await store.SaveAsync(request.States.Select(ToSave).ToArray(), call.CancellationToken);
        return s_empty;
    }

    private static async Task<Empty> DeleteAsync(DeleteStateRequest request, GrpcServerCall call)
    {
        await Store(call, request.StoreName).DeleteAsync(new DeleteRequest(request.Key, ETagOf(request.Etag)), call.CancellationToken);
        return s_empty;
    }

    private static async Task<Empty> DeleteBulkAsync(DeleteBulkStateRequest request, GrpcServerCall call)
    {
        await Store(call, request.StoreName).DeleteManyAsync(request.States.Select(item => new DeleteRequest(item.Key, ETagOf(item.Etag))).ToArray(), call.CancellationToken);
        return s_empty;
    }

    private static async Task<Empty> TransactAsync(ExecuteStateTransactionRequest request, GrpcServerCall call)
    {
        var store = Store(call, request.StoreName);
        var trace = EventTrace.Current(call.RequestMetadata.GetText("traceparent"), call.RequestMetadata.GetText("tracestate"));
        await store.TransactAsync(request.Operations.Select(ToRequest).ToArray(), trace, call.CancellationToken);
        return s_empty;
    }

    private static async Task<QueryStateResponse> QueryAsync(QueryStateRequest request, GrpcServerCall call)
    {
        var page = await Store(call, request.StoreName).QueryAsync(Encoding.UTF8.GetBytes(request.Query), request.Metadata, call.CancellationToken);
        return new QueryStateResponse
        {
            Token = page.Token,
            Results = { page.Items.Select(item => new QueryStateItem { Key = item.Key, Data = UnsafeByteOperations.UnsafeWrap(item.Value), Etag = item.ETag }) },
        };
    }

    private static object ToRequest(TransactionalStateOperation operation) => operation.OperationType switch
    {
        "upsert" => ToSave(operation.Request),
        "delete" => new DeleteRequest(operation.Request.Key, ETagOf(operation.Request.Etag)),
        _ => throw StateErrors.UnsupportedOperation(operation.OperationType),
    };

    /// <summary>An item to save, wherever in gRPC it comes from.</summary>
    /// <exception cref="Errors.DaprApiException">It has no key.</exception>
    internal static SaveRequest ToSave(Dapr.Protocol.Common.V1.StateItem item)
    {
        if (item.Key.Length == 0)
            throw StateErrors.KeyRequired();
        var concurrency = item.Options?.Concurrency == StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite ? Concurrency.FirstWrite : Concurrency.LastWrite;
        return new SaveRequest(item.Key, item.Value.Memory, ETagOf(item.Etag), concurrency, item.Metadata)
        {
            IsJson = item.Metadata.TryGetValue("contentType", out var contentType) && contentType == "application/json",
        };
    }

    /// <summary>An empty ETag is none: proto3 cannot tell the two apart, and SDKs send empty ones.</summary>
    private static string? ETagOf(Etag? etag) => string.IsNullOrEmpty(etag?.Value) ? null : etag.Value;

    private static Dictionary<string, string> Map(StateItem item) => new(StateStoreClient.MetadataOf(item));
}
