using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Rpc;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Protocol.Tests.Hosting;

namespace Protocol.Tests;

public class UnaryCallTests
{
    private static readonly GetStateRequest Request = new() { StoreName = "orders", Key = "42" };

    [Fact]
    public async Task A_request_reaches_the_handler_and_its_response_comes_back()
    {
        await using var server = await ServeAsync((request, _) => Task.FromResult(new GetStateResponse { Data = ByteString.CopyFromUtf8(request.Key), Etag = "7" }));

        var response = await server.Channel.UnaryAsync(DaprMethods.GetState, Request);

        Assert.Equal("42", response.Data.ToStringUtf8());
        Assert.Equal("7", response.Etag);
    }

    [Fact]
    public async Task Metadata_travels_both_ways_as_text_and_as_bytes()
    {
        GrpcMetadata? seen = null;
        await using var server = await ServeAsync((_, call) =>
        {
            seen = call.RequestMetadata;
            call.ResponseHeaders.Add("x-header", "first");
            call.ResponseTrailers.Add("x-trailer-bin", [0, 255, 7]);
            return Task.FromResult(new GetStateResponse());
        });

        var response = await server.Channel.UnaryWithMetadataAsync(
            DaprMethods.GetState, Request, new GrpcCallOptions(new GrpcMetadata { { "Dapr-Api-Token", "secret" }, { "x-bytes-bin", new byte[] { 1, 2, 3, 250 } } }));

        Assert.Equal("secret", seen!.GetText("dapr-api-token"));
        Assert.Equal(new byte[] { 1, 2, 3, 250 }, seen.GetBytes("x-bytes-bin"));
        Assert.Null(seen.GetText("te"));
        Assert.Equal("first", response.Headers.GetText("x-header"));
        Assert.Equal(new byte[] { 0, 255, 7 }, response.Trailers.GetBytes("x-trailer-bin"));
    }

    [Theory]
    [InlineData("plain text")]
    [InlineData("100 % of \"fail to get état 42\": line\nbreak ✓")]
    [InlineData("")]
    public async Task An_error_keeps_its_code_and_its_text(string detail)
    {
        await using var server = await ServeAsync((_, _) => throw new GrpcException(GrpcStatusCode.FailedPrecondition, detail));

        var error = await Assert.ThrowsAsync<GrpcException>(() => server.Channel.UnaryAsync(DaprMethods.GetState, Request));

        Assert.Equal(GrpcStatusCode.FailedPrecondition, error.StatusCode);
        Assert.Equal(detail, error.Detail);
    }

    [Fact]
    public async Task Rich_error_details_can_be_read_by_type()
    {
        var status = new Status
        {
            Code = (int)Code.InvalidArgument,
            Message = "no such store",
            Details = { Any.Pack(new ErrorInfo { Reason = "DAPR_STATE_NOT_FOUND", Domain = "dapr.io" }), Any.Pack(new ResourceInfo { ResourceType = "state", ResourceName = "orders" }) },
        };
        await using var server = await ServeAsync((_, _) => throw new GrpcException(GrpcStatusCode.InvalidArgument, "no such store", richStatus: status));

        var error = await Assert.ThrowsAsync<GrpcException>(() => server.Channel.UnaryAsync(DaprMethods.GetState, Request));

        Assert.Equal("DAPR_STATE_NOT_FOUND", error.FindDetail<ErrorInfo>()!.Reason);
        Assert.Equal("orders", error.FindDetail<ResourceInfo>()!.ResourceName);
        Assert.Null(error.FindDetail<Help>());
    }

    [Fact]
    public async Task An_exception_without_a_status_becomes_Unknown_with_its_text()
    {
        await using var server = await ServeAsync((_, _) => throw new InvalidOperationException("no such instance exists"));

        var error = await Assert.ThrowsAsync<GrpcException>(() => server.Channel.UnaryAsync(DaprMethods.GetState, Request));

        Assert.Equal(GrpcStatusCode.Unknown, error.StatusCode);
        Assert.Equal("no such instance exists", error.Detail);
    }

    [Fact]
    public async Task A_mapper_decides_what_an_exception_becomes()
    {
        var options = new GrpcServerOptions { MapException = (_, e) => e is FormatException ? new GrpcException(GrpcStatusCode.OutOfRange, "mapped " + e.Message) : null };
        await using var server = await ServeAsync((_, _) => throw new FormatException("text"), options);

        var error = await Assert.ThrowsAsync<GrpcException>(() => server.Channel.UnaryAsync(DaprMethods.GetState, Request));

        Assert.Equal(GrpcStatusCode.OutOfRange, error.StatusCode);
        Assert.Equal("mapped text", error.Detail);
    }

    [Fact]
    public async Task A_method_that_is_not_mapped_is_Unimplemented()
    {
        await using var server = await ServeAsync((_, _) => Task.FromResult(new GetStateResponse()));

        var method = await Assert.ThrowsAsync<GrpcException>(() => server.Channel.UnaryAsync(DaprMethods.Shutdown, new ShutdownRequest()));
        var service = await Assert.ThrowsAsync<GrpcException>(() => server.Channel.UnaryAsync(TaskHubMethods.Hello, new Empty()));

        Assert.Equal(GrpcStatusCode.Unimplemented, method.StatusCode);
        Assert.Equal("unknown method Shutdown for service dapr.proto.runtime.v1.Dapr", method.Detail);
        Assert.Equal(GrpcStatusCode.Unimplemented, service.StatusCode);
        Assert.Equal("unknown service TaskHubSidecarService", service.Detail);
    }

    [Fact]
    public async Task An_address_where_nobody_listens_is_Unavailable()
    {
        Uri address;
        await using (var server = await ServeAsync((_, _) => Task.FromResult(new GetStateResponse())))
            address = server.Address;
        using var channel = new GrpcChannel(address);

        var error = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(DaprMethods.GetState, Request));

        Assert.Equal(GrpcStatusCode.Unavailable, error.StatusCode);
        Assert.Contains(address.Authority, error.Detail, StringComparison.Ordinal);
    }

    internal static Task<GrpcTestServer> ServeAsync(Func<GetStateRequest, GrpcServerCall, Task<GetStateResponse>> handler, GrpcServerOptions? options = null) =>
        GrpcTestServer.StartAsync(routes =>
        {
            routes.MapGrpcUnary(DaprMethods.GetState, handler);
            routes.MapGrpcUnimplemented();
        }, options);
}
