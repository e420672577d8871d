using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Errors;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Bindings;

/// <summary>The bindings API over gRPC.</summary>
public static class BindingsGrpcApi
{
    /// <summary>Maps the binding method of the Dapr service.</summary>
    public static void MapBindingsGrpc(this IEndpointRouteBuilder routes) => routes.MapGrpcUnary(DaprMethods.InvokeBinding, InvokeAsync);

    private static async Task<InvokeBindingResponse> InvokeAsync(InvokeBindingRequest request, GrpcServerCall call)
    {
        try
        {
            var response = await call.HttpContext.GetBlock<BindingsBlock>()
                .InvokeAsync(request.Name, new BindingRequest(request.Operation, request.Data.Memory, TracedMetadata.Of(request.Metadata, call.HttpContext.Request.Headers.TraceParent)), call.CancellationToken);
            return response is null
                ? new InvokeBindingResponse()
                : new InvokeBindingResponse { Data = UnsafeByteOperations.UnsafeWrap(response.Data), Metadata = { new Dictionary<string, string>(response.Metadata) } };
        }
        catch (Exception error) when (error is not (OperationCanceledException or DaprApiException))
        {
            throw BindingErrors.InvokeFailed(request.Name, error);
        }
    }
}
