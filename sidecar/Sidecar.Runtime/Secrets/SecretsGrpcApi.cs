using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Secrets;

/// <summary>The secrets API over gRPC.</summary>
public static class SecretsGrpcApi
{
    /// <summary>Maps the secret methods of the Dapr service.</summary>
    public static void MapSecretsGrpc(this IEndpointRouteBuilder routes)
    {
        routes.MapGrpcUnary(DaprMethods.GetSecret, GetAsync);
        routes.MapGrpcUnary(DaprMethods.GetBulkSecret, GetBulkAsync);
    }

    private static async Task<GetSecretResponse> GetAsync(GetSecretRequest request, GrpcServerCall call)
    {
        var secret = await call.HttpContext.GetBlock<SecretsBlock>().GetAsync(request.StoreName, request.Key, request.Metadata, call.CancellationToken);
        return new GetSecretResponse { Data = { new Dictionary<string, string>(secret) } };
    }

    private static async Task<GetBulkSecretResponse> GetBulkAsync(GetBulkSecretRequest request, GrpcServerCall call)
    {
        var secrets = await call.HttpContext.GetBlock<SecretsBlock>().GetAllAsync(request.StoreName, request.Metadata, call.CancellationToken);
        var response = new GetBulkSecretResponse();
        foreach (var (name, values) in secrets)
            response.Data.Add(name, new SecretResponse { Secrets = { new Dictionary<string, string>(values) } });
        return response;
    }
}
