using Dapr.Protocol.Grpc;
using Google.Protobuf;

namespace Dapr.Common.Sidecar;

/// <summary>Calls a stable method and, on a runtime that does not have it yet, the preview it came from. What was found is remembered.</summary>
internal sealed class PreviewFallback<TRequest, TResponse>(
    SidecarConnection sidecar, string feature, GrpcMethod<TRequest, TResponse> stable, GrpcMethod<TRequest, TResponse> preview)
    where TRequest : class, IMessage<TRequest>, new()
    where TResponse : class, IMessage<TResponse>, new()
{
    private volatile bool usePreview;

    /// <exception cref="DaprFeatureNotAvailableException">The runtime has neither.</exception>
    /// <exception cref="GrpcException">The call itself failed.</exception>
    public async Task<TResponse> CallAsync(TRequest request, CancellationToken cancellation)
    {
        if (!usePreview)
        {
            try
            {
                return await sidecar.CallAsync(stable, request, cancellation);
            }
            catch (GrpcException error) when (IsUnknownMethod(error))
            {
                // An older runtime: the preview is tried below.
            }
        }

        try
        {
            var response = await sidecar.CallAsync(preview, request, cancellation);
            usePreview = true;
            return response;
        }
        catch (GrpcException error) when (IsUnknownMethod(error))
        {
            usePreview = false;
            throw new DaprFeatureNotAvailableException(feature, [stable.Name, preview.Name]);
        }
    }

    // daprd takes an unknown method for a call to be proxied to an application, and misses the application's id.
    private static bool IsUnknownMethod(GrpcException error) =>
        error.StatusCode == GrpcStatusCode.Unimplemented
        || (error.StatusCode == GrpcStatusCode.Unknown && error.Detail.Contains("dapr-callee-app-id or dapr-app-id not found", StringComparison.Ordinal));
}
