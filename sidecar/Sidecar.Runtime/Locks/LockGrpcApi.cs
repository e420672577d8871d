using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Locks;

/// <summary>The distributed lock API over gRPC.</summary>
public static class LockGrpcApi
{
    /// <summary>Maps the lock methods of the Dapr service.</summary>
    public static void MapLockGrpc(this IEndpointRouteBuilder routes)
    {
        routes.MapGrpcUnary(DaprMethods.TryLockAlpha1, TryLockAsync);
        routes.MapGrpcUnary(DaprMethods.UnlockAlpha1, UnlockAsync);
    }

    private static async Task<TryLockResponse> TryLockAsync(TryLockRequest request, GrpcServerCall call) => new()
    {
        Success = await call.HttpContext.GetBlock<LockBlock>().TryLockAsync(request.StoreName, request.ResourceId, request.LockOwner, request.ExpiryInSeconds, call.CancellationToken),
    };

    private static async Task<UnlockResponse> UnlockAsync(UnlockRequest request, GrpcServerCall call) => new()
    {
        Status = (UnlockResponse.Types.Status)await call.HttpContext.GetBlock<LockBlock>().UnlockAsync(request.StoreName, request.ResourceId, request.LockOwner, call.CancellationToken),
    };
}
