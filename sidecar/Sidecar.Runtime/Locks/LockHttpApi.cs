using Dapr.Protocol.Runtime.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Locks;

/// <summary>The distributed lock API over HTTP.</summary>
public static class LockHttpApi
{
    /// <summary>Maps <c>/v1.0-alpha1/lock</c> and <c>/v1.0-alpha1/unlock</c>.</summary>
    public static void MapLockApi(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1.0-alpha1/lock/{store}", TryLockAsync);
        routes.MapPost("/v1.0-alpha1/unlock/{store}", UnlockAsync);
    }

    private static async Task TryLockAsync(HttpContext http)
    {
        var request = await http.ReadProtoAsync<TryLockRequest>();
        var success = await http.GetBlock<LockBlock>().TryLockAsync(http.RouteText("store"), request.ResourceId, request.LockOwner, request.ExpiryInSeconds, http.RequestAborted);
        await http.Response.WriteAsJsonAsync(new { success }, options: null, "application/json", http.RequestAborted);
    }

    private static async Task UnlockAsync(HttpContext http)
    {
        var request = await http.ReadProtoAsync<UnlockRequest>();
        var status = await http.GetBlock<LockBlock>().UnlockAsync(http.RouteText("store"), request.ResourceId, request.LockOwner, http.RequestAborted);
        await http.Response.WriteAsJsonAsync(new { status = (int)status }, options: null, "application/json", http.RequestAborted);
    }
}
