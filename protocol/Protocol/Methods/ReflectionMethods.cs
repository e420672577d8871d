using Dapr.Protocol.Grpc;
using Dapr.Protocol.Reflection.V1;

namespace Dapr.Protocol.Methods;

/// <summary>gRPC server reflection, by which SDKs learn which methods a sidecar has.</summary>
public static class ReflectionMethods
{
    /// <summary>The stable name.</summary>
    public static readonly GrpcMethod<ServerReflectionRequest, ServerReflectionResponse> ServerReflectionInfo =
        new(GrpcMethodKind.Duplex, "grpc.reflection.v1.ServerReflection", "ServerReflectionInfo");

    /// <summary>The older name; the messages are the same on the wire.</summary>
    public static readonly GrpcMethod<ServerReflectionRequest, ServerReflectionResponse> ServerReflectionInfoAlpha =
        new(GrpcMethodKind.Duplex, "grpc.reflection.v1alpha.ServerReflection", "ServerReflectionInfo");
}
