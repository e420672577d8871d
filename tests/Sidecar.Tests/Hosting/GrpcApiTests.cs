using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Reflection.V1;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf.Reflection;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Tests.Hosting;

public sealed class GrpcApiTests : IAsyncLifetime
{
    private SidecarFixture _fixture = null!;
    private GrpcChannel _channel = null!;

    public async Task InitializeAsync()
    {
        _fixture = await SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders", ApiToken = "secret" });
        _channel = Channel("secret");
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Metadata_is_told_and_set()
    {
        await _channel.UnaryAsync(DaprMethods.SetMetadata, new SetMetadataRequest { Key = "k", Value = "v" });
        var metadata = await _channel.UnaryAsync(DaprMethods.GetMetadata, new GetMetadataRequest());

        Assert.Equal("orders", metadata.Id);
        Assert.Equal("v", metadata.ExtendedMetadata["k"]);
        Assert.Equal(["store"], metadata.RegisteredComponents.Select(c => c.Name));
    }

    [Fact]
    public async Task A_wrong_token_is_Unauthenticated()
    {
        using var other = Channel("other");

        var error = await Assert.ThrowsAsync<GrpcException>(() => other.UnaryAsync(DaprMethods.GetMetadata, new GetMetadataRequest()));

        Assert.Equal(GrpcStatusCode.Unauthenticated, error.StatusCode);
    }

    [Fact]
    public async Task An_unknown_method_is_Unimplemented()
    {
        var unknown = new GrpcMethod<GetMetadataRequest, GetMetadataResponse>(GrpcMethodKind.Unary, "dapr.proto.runtime.v1.Dapr", "ConverseAlpha2");

        var error = await Assert.ThrowsAsync<GrpcException>(() => _channel.UnaryAsync(unknown, new GetMetadataRequest()));

        Assert.Equal(GrpcStatusCode.Unimplemented, error.StatusCode);
        Assert.Equal("unknown method ConverseAlpha2 for service dapr.proto.runtime.v1.Dapr", error.Detail);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reflection_tells_which_methods_the_Dapr_service_has(bool byItsOlderName)
    {
        using var call = _channel.Duplex(byItsOlderName ? ReflectionMethods.ServerReflectionInfoAlpha : ReflectionMethods.ServerReflectionInfo);
        await call.WriteAsync(new ServerReflectionRequest { FileContainingSymbol = "dapr.proto.runtime.v1.Dapr" });
        await call.WriteAsync(new ServerReflectionRequest { FileContainingSymbol = "no.such.Thing" });
        call.CompleteRequests();

        var answers = new List<ServerReflectionResponse>();
        await foreach (var answer in call.ReadAllAsync())
            answers.Add(answer);

        var files = answers[0].FileDescriptorResponse.FileDescriptorProto.Select(FileDescriptorProto.Parser.ParseFrom).ToArray();
        var service = files.SelectMany(f => f.Service).Single(s => s.Name == "Dapr");
        Assert.Contains("ScheduleJob", service.Method.Select(m => m.Name));
        Assert.All(files.SelectMany(f => f.Dependency), dependency => Assert.Contains(dependency, files.Select(f => f.Name)));
        Assert.Equal(5, answers[1].ErrorResponse.ErrorCode);
    }

    [Fact]
    public async Task Blocks_without_components_answer_that_nothing_is_configured()
    {
        var configuration = await Assert.ThrowsAsync<GrpcException>(() => _channel.UnaryAsync(DaprMethods.GetConfiguration, new GetConfigurationRequest { StoreName = "any" }));
        var @lock = await Assert.ThrowsAsync<GrpcException>(() => _channel.UnaryAsync(DaprMethods.TryLockAlpha1, new TryLockRequest { StoreName = "any", ResourceId = "r", LockOwner = "me", ExpiryInSeconds = 10 }));

        Assert.Equal(GrpcStatusCode.FailedPrecondition, configuration.StatusCode);
        Assert.Equal(GrpcStatusCode.FailedPrecondition, @lock.StatusCode);
    }

    [Fact]
    public async Task Shutdown_answers_and_then_stops()
    {
        await _channel.UnaryAsync(DaprMethods.Shutdown, new ShutdownRequest());

        await _fixture.Sidecar.Stopped.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private GrpcChannel Channel(string token) => new(
        new Uri($"http://127.0.0.1:{_fixture.Sidecar.GrpcPort}"), new GrpcChannelOptions { Metadata = new GrpcMetadata { { "dapr-api-token", token } } });
}
