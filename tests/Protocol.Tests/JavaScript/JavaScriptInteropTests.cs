using System.Diagnostics;
using System.Globalization;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Rpc;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Routing;
using Protocol.Tests.Hosting;

namespace Protocol.Tests.JavaScript;

/// <summary>The framing against the official JavaScript implementation of gRPC, both ways, and our proto files against Dapr's.</summary>
public sealed class JavaScriptInteropTests(NodePackages node) : IClassFixture<NodePackages>
{
    [NodeFact]
    public async Task The_official_client_is_content_with_our_server()
    {
        var cancelled = new TaskCompletionSource();
        await using var server = await GrpcTestServer.StartAsync(routes => MapForJavaScript(routes, cancelled));

        var output = await node.RunAsync("client.mjs", server.Address.Authority);

        Assert.Equal(11, output.Split('\n').Count(line => line.StartsWith("ok: ", StringComparison.Ordinal)));
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [NodeFact]
    public async Task Our_client_is_content_with_the_official_server()
    {
        using var process = await node.StartAsync("server.mjs");
        try
        {
            var port = (await process.StandardOutput.ReadLineAsync())!["port ".Length..];
            using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{port}"));

            await AssertUnaryAsync(channel);
            await AssertErrorAsync(channel);
            await AssertStreamsAsync(channel);
            await AssertDeadlineAsync(channel, process);
        }
        finally
        {
            process.StandardInput.Close();
            if (!process.WaitForExit(TimeSpan.FromSeconds(10)))
                process.Kill();
        }
    }

    [NodeFact]
    public async Task Our_proto_files_say_what_the_official_ones_say()
    {
        var output = await node.RunAsync("compare-protos.mjs", Path.Combine(AppContext.BaseDirectory, "protos"));

        Assert.Contains(" 0 differences", output, StringComparison.Ordinal);
    }

    private static void MapForJavaScript(IEndpointRouteBuilder routes, TaskCompletionSource cancelled)
    {
        routes.MapGrpcUnary(DaprMethods.GetState, async (request, call) =>
        {
            switch (request.Key)
            {
                case "metadata":
                    call.ResponseHeaders.Add("x-text", call.RequestMetadata.GetText("x-text")!);
                    call.ResponseTrailers.Add("x-bytes-bin", call.RequestMetadata.GetBytes("x-bytes-bin")!);
                    break;
                case "error":
                    var details = Any.Pack(new ErrorInfo { Reason = "DAPR_STATE_KEY", Domain = "dapr.io" });
                    throw new GrpcException(GrpcStatusCode.NotFound, "not found: 100% ✓ \"x\"", richStatus: new Status { Code = (int)Code.NotFound, Details = { details } });
                case "wait":
                    await Task.Delay(Timeout.Infinite, call.CancellationToken);
                    break;
            }
            return new GetStateResponse { Data = ByteString.CopyFromUtf8($"{request.StoreName}/{request.Key}") };
        });
        routes.MapGrpcServerStream(DaprMethods.SubscribeConfiguration, async (request, responses, call) =>
        {
            if (request.StoreName == "forever")
            {
                call.CancellationToken.Register(() => cancelled.TrySetResult());
                await responses.WriteAsync(new SubscribeConfigurationResponse());
                await Task.Delay(Timeout.Infinite, call.CancellationToken);
            }
            for (var i = 0; i < 100; i++)
                await responses.WriteAsync(new SubscribeConfigurationResponse { Id = i.ToString(CultureInfo.InvariantCulture) });
        });
        routes.MapGrpcDuplex(DaprMethods.SubscribeTopicEventsAlpha1, async (requests, responses, _) =>
        {
            await foreach (var request in requests)
                await responses.WriteAsync(new SubscribeTopicEventsResponseAlpha1 { EventMessage = new TopicEventRequest { Id = request.EventProcessed.Id } });
        });
        routes.MapGrpcUnimplemented();
    }

    private static async Task AssertUnaryAsync(GrpcChannel channel)
    {
        var name = new string('s', 10_000);
        var response = await channel.UnaryWithMetadataAsync(
            DaprMethods.GetState, new GetStateRequest { StoreName = name, Key = "k" }, new GrpcCallOptions(new GrpcMetadata { { "x-sent", "yes" } }));
        Assert.Equal($"k:{name}", response.Message.Data.ToStringUtf8());
        Assert.Equal("yes", response.Headers.GetText("x-seen"));
    }

    private static async Task AssertErrorAsync(GrpcChannel channel)
    {
        var error = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(DaprMethods.GetState, new GetStateRequest { Key = "error" }));
        Assert.Equal(GrpcStatusCode.FailedPrecondition, error.StatusCode);
        Assert.Equal("not yet: 50% ✓", error.Detail);
        Assert.Equal(new byte[] { 9, 8, 7 }, error.Trailers.GetBytes("x-trailer-bin"));
        Assert.Equal("rich", error.RichStatus!.Message);
        var unknown = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(DaprMethods.Shutdown, new ShutdownRequest()));
        Assert.Equal(GrpcStatusCode.Unimplemented, unknown.StatusCode);
    }

    private static async Task AssertStreamsAsync(GrpcChannel channel)
    {
        var ids = await channel.ServerStreamAsync(DaprMethods.SubscribeConfiguration, new SubscribeConfigurationRequest()).Select(message => message.Id).ToListAsync();
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), ids);

        using var call = channel.Duplex(DaprMethods.SubscribeTopicEventsAlpha1);
        await using var responses = call.ReadAllAsync().GetAsyncEnumerator();
        for (var i = 0; i < 20; i++)
        {
            await call.WriteAsync(new SubscribeTopicEventsRequestAlpha1 { EventProcessed = new SubscribeTopicEventsRequestProcessedAlpha1 { Id = $"{i}" } });
            Assert.True(await responses.MoveNextAsync());
            Assert.Equal($"{i}", responses.Current.EventMessage.Id);
        }
        call.CompleteRequests();
        Assert.False(await responses.MoveNextAsync());
    }

    private static async Task AssertDeadlineAsync(GrpcChannel channel, Process server)
    {
        var late = await Assert.ThrowsAsync<GrpcException>(() =>
            channel.UnaryAsync(DaprMethods.GetState, new GetStateRequest { Key = "wait" }, new GrpcCallOptions(Timeout: TimeSpan.FromMilliseconds(300))));
        Assert.Equal(GrpcStatusCode.DeadlineExceeded, late.StatusCode);
        Assert.Equal("cancelled", await server.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)));
    }
}
