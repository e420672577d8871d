using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Cryptography;

/// <summary>The plain operations of keys over gRPC and, with the same messages as JSON, over HTTP.</summary>
public static class SubtleApi
{
    private static readonly JsonFormatter s_formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    /// <summary>Maps the Subtle methods.</summary>
    public static void MapSubtleGrpc(this IEndpointRouteBuilder routes)
    {
        Map(DaprMethods.SubtleGetKeyAlpha1, SubtleOperations.GetKeyAsync);
        Map(DaprMethods.SubtleEncryptAlpha1, SubtleOperations.EncryptAsync);
        Map(DaprMethods.SubtleDecryptAlpha1, SubtleOperations.DecryptAsync);
        Map(DaprMethods.SubtleWrapKeyAlpha1, SubtleOperations.WrapKeyAsync);
        Map(DaprMethods.SubtleUnwrapKeyAlpha1, SubtleOperations.UnwrapKeyAsync);
        Map(DaprMethods.SubtleSignAlpha1, SubtleOperations.SignAsync);
        Map(DaprMethods.SubtleVerifyAlpha1, SubtleOperations.VerifyAsync);

        void Map<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, Func<CryptographyBlock, TRequest, CancellationToken, Task<TResponse>> operation)
            where TRequest : class, IMessage<TRequest>, new()
            where TResponse : class, IMessage<TResponse>, new() =>
            routes.MapGrpcUnary(method, (request, call) => operation(call.HttpContext.GetBlock<CryptographyBlock>(), request, call.CancellationToken));
    }

    /// <summary>Maps <c>/v1.0-alpha1/subtlecrypto/{name}/getkey</c> and its neighbours.</summary>
    public static void MapSubtleApi(this IEndpointRouteBuilder routes)
    {
        Map<SubtleGetKeyRequest, SubtleGetKeyResponse>("getkey", SubtleOperations.GetKeyAsync, (request, name) => request.ComponentName = name);
        Map<SubtleEncryptRequest, SubtleEncryptResponse>("encrypt", SubtleOperations.EncryptAsync, (request, name) => request.ComponentName = name);
        Map<SubtleDecryptRequest, SubtleDecryptResponse>("decrypt", SubtleOperations.DecryptAsync, (request, name) => request.ComponentName = name);
        Map<SubtleWrapKeyRequest, SubtleWrapKeyResponse>("wrapkey", SubtleOperations.WrapKeyAsync, (request, name) => request.ComponentName = name);
        Map<SubtleUnwrapKeyRequest, SubtleUnwrapKeyResponse>("unwrapkey", SubtleOperations.UnwrapKeyAsync, (request, name) => request.ComponentName = name);
        Map<SubtleSignRequest, SubtleSignResponse>("sign", SubtleOperations.SignAsync, (request, name) => request.ComponentName = name);
        Map<SubtleVerifyRequest, SubtleVerifyResponse>("verify", SubtleOperations.VerifyAsync, (request, name) => request.ComponentName = name);

        void Map<TRequest, TResponse>(string verb, Func<CryptographyBlock, TRequest, CancellationToken, Task<TResponse>> operation, Action<TRequest, string> address)
            where TRequest : class, IMessage<TRequest>, new()
            where TResponse : class, IMessage<TResponse>, new() =>
            routes.MapPost($"/v1.0-alpha1/subtlecrypto/{{name}}/{verb}", async http =>
            {
                var request = await http.ReadProtoAsync<TRequest>();
                address(request, http.RouteText("name"));
                var response = await operation(http.GetBlock<CryptographyBlock>(), request, http.RequestAborted);
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync(s_formatter.Format(response), http.RequestAborted);
            });
    }
}
