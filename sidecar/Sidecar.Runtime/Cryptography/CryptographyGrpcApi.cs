using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Cryptography.Scheme;
using Sidecar.Runtime.Errors;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Cryptography;

/// <summary>Encrypting and decrypting documents over gRPC: options in the first message, chunks in all.</summary>
public static class CryptographyGrpcApi
{
    /// <summary>Maps EncryptAlpha1 and DecryptAlpha1.</summary>
    public static void MapCryptographyGrpc(this IEndpointRouteBuilder routes)
    {
        routes.MapGrpcDuplex(DaprMethods.EncryptAlpha1, EncryptAsync);
        routes.MapGrpcDuplex(DaprMethods.DecryptAlpha1, DecryptAsync);
    }

    private static async Task EncryptAsync(IAsyncEnumerable<EncryptRequest> requests, IGrpcStreamWriter<EncryptResponse> responses, GrpcServerCall call)
    {
        var block = call.HttpContext.GetBlock<CryptographyBlock>();
        await using var stream = new DocumentStream<EncryptRequest>(requests, request => request.Payload, request => request.Options is not null, call.CancellationToken);
        var first = await stream.FirstAsync(block.Time);
        var options = first.Options ?? throw NoOptions();
        if (options.KeyName.Length == 0)
            throw CryptographyErrors.BadRequest("missing property 'keyName' in the options message");
        if (options.KeyWrapAlgorithm.Length == 0)
            throw CryptographyErrors.BadRequest("missing property 'keyWrapAlgorithm' in the options message");
        var pieces = block.EncryptAsync(
            options.ComponentName,
            stream.Input,
            new EncryptionOptions(options.KeyName, options.KeyWrapAlgorithm, options.DataEncryptionCipher, options.DecryptionKeyName, options.OmitDecryptionKeyName),
            call.CancellationToken);
        stream.Begin(first);
        await DocumentStream<EncryptRequest>.WriteAsync(pieces, payload => responses.WriteAsync(new EncryptResponse { Payload = payload }, call.CancellationToken));
    }

    private static async Task DecryptAsync(IAsyncEnumerable<DecryptRequest> requests, IGrpcStreamWriter<DecryptResponse> responses, GrpcServerCall call)
    {
        var block = call.HttpContext.GetBlock<CryptographyBlock>();
        await using var stream = new DocumentStream<DecryptRequest>(requests, request => request.Payload, request => request.Options is not null, call.CancellationToken);
        var first = await stream.FirstAsync(block.Time);
        var options = first.Options ?? throw NoOptions();
        var pieces = block.DecryptAsync(options.ComponentName, stream.Input, options.KeyName, call.CancellationToken);
        stream.Begin(first);
        await DocumentStream<DecryptRequest>.WriteAsync(pieces, payload => responses.WriteAsync(new DecryptResponse { Payload = payload }, call.CancellationToken));
    }

    private static DaprApiException NoOptions() => CryptographyErrors.BadRequest("first message does not contain the required options");
}
