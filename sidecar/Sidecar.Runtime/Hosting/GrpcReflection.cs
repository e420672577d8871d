using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Reflection.V1;
using Dapr.Protocol.Runtime.V1;
using Dapr.Protocol.Workflow;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Routing;

namespace Sidecar.Runtime.Hosting;

/// <summary>Server reflection: SDKs ask it which methods this sidecar has before they choose between a stable name and its alpha.</summary>
internal static class GrpcReflection
{
    private const int NotFound = 5;

    private static readonly FileDescriptor[] s_files = [ShutdownRequest.Descriptor.File, OrchestratorServiceReflection.Descriptor];

    /// <summary>Full names of the services that the sidecar serves, reflection itself included.</summary>
    public static IReadOnlySet<string> Services { get; } =
        s_files.SelectMany(f => f.Services).Select(s => s.FullName).Append(ReflectionMethods.ServerReflectionInfo.Service).Append(ReflectionMethods.ServerReflectionInfoAlpha.Service).ToHashSet();

    /// <summary>Maps <c>v1</c> and <c>v1alpha</c>.</summary>
    public static void MapReflectionGrpc(this IEndpointRouteBuilder routes)
    {
        routes.MapGrpcDuplex(ReflectionMethods.ServerReflectionInfo, AnswerAsync);
        routes.MapGrpcDuplex(ReflectionMethods.ServerReflectionInfoAlpha, AnswerAsync);
    }

    private static async Task AnswerAsync(IAsyncEnumerable<ServerReflectionRequest> requests, IGrpcStreamWriter<ServerReflectionResponse> responses, GrpcServerCall call)
    {
        await foreach (var request in requests)
        {
            var response = Answer(request);
            response.ValidHost = request.Host;
            response.OriginalRequest = request;
            await responses.WriteAsync(response, call.CancellationToken);
        }
    }

    private static ServerReflectionResponse Answer(ServerReflectionRequest request) => request.MessageRequestCase switch
    {
        ServerReflectionRequest.MessageRequestOneofCase.ListServices => new ServerReflectionResponse
        {
            ListServicesResponse = new ListServiceResponse
            {
                Service = { Services.Select(name => new ServiceResponse { Name = name }) },
            },
        },
        ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol => Files(
            AllFiles().FirstOrDefault(file => Declares(file, request.FileContainingSymbol)), $"Symbol not found: {request.FileContainingSymbol}"),
        ServerReflectionRequest.MessageRequestOneofCase.FileByFilename => Files(
            AllFiles().FirstOrDefault(file => file.Name == request.FileByFilename), $"File not found: {request.FileByFilename}"),
        _ => Error("this server has no extensions"),
    };

    private static ServerReflectionResponse Files(FileDescriptor? file, string otherwise)
    {
        if (file is null)
            return Error(otherwise);
        var response = new FileDescriptorResponse();
        response.FileDescriptorProto.AddRange(WithDependencies([file]).Select(f => f.SerializedData));
        return new ServerReflectionResponse { FileDescriptorResponse = response };
    }

    private static ServerReflectionResponse Error(string message) =>
        new() { ErrorResponse = new ErrorResponse { ErrorCode = NotFound, ErrorMessage = message } };

    private static bool Declares(FileDescriptor file, string symbol) =>
        file.Services.Any(s => s.FullName == symbol || s.Methods.Any(m => m.FullName == symbol))
        || file.MessageTypes.Any(m => m.FullName == symbol || symbol.StartsWith(m.FullName + ".", StringComparison.Ordinal))
        || file.EnumTypes.Any(e => e.FullName == symbol);

    private static IEnumerable<FileDescriptor> AllFiles() => WithDependencies([.. s_files, ServerReflectionRequest.Descriptor.File]);

    private static IEnumerable<FileDescriptor> WithDependencies(IEnumerable<FileDescriptor> files) =>
        files.Concat(files.SelectMany(f => WithDependencies(f.Dependencies))).DistinctBy(f => f.Name);
}
