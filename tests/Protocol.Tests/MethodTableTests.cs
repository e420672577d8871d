using System.Reflection;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Reflection.V1;
using Dapr.Protocol.Runtime.V1;
using Dapr.Protocol.Workflow;
using Google.Protobuf.Reflection;

namespace Protocol.Tests;

/// <summary>The method tables say what the services of the proto files say.</summary>
public class MethodTableTests
{
    private static readonly Dictionary<string, IGrpcMethod> Tables =
        new[] { typeof(DaprMethods), typeof(TaskHubMethods), typeof(AppCallbackMethods), typeof(ReflectionMethods) }
            .SelectMany(table => table.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Select(field => field.GetValue(null)).OfType<IGrpcMethod>().ToDictionary(method => method.Path);

    private static readonly Dictionary<string, MethodDescriptor> Protos =
        new[] { DaprReflection.Descriptor, AppcallbackReflection.Descriptor, OrchestratorServiceReflection.Descriptor, ReflectionReflection.Descriptor }
            .SelectMany(file => file.Services).SelectMany(service => service.Methods).ToDictionary(method => $"/{method.Service.FullName}/{method.Name}");

    [Fact]
    public void Every_method_of_the_proto_files_is_in_a_table_with_its_messages_and_kind()
    {
        Assert.All(Protos, proto =>
        {
            var method = Tables[proto.Key];
            var types = method.GetType().GetGenericArguments();
            var kind = (proto.Value.IsClientStreaming, proto.Value.IsServerStreaming) switch
            {
                (false, false) => GrpcMethodKind.Unary,
                (false, true) => GrpcMethodKind.ServerStream,
                _ => GrpcMethodKind.Duplex,
            };
            Assert.Equal((proto.Value.InputType.ClrType, proto.Value.OutputType.ClrType, kind), (types[0], types[1], method.Kind));
        });
    }

    [Fact]
    public void Only_the_older_reflection_name_is_in_no_proto_file() =>
        Assert.Equal([ReflectionMethods.ServerReflectionInfoAlpha.Path], Tables.Keys.Except(Protos.Keys));
}
