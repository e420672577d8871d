using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Rpc;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Resources;
using Sidecar.Testing;

namespace Sidecar.Tests.GrpcApps;

/// <summary>Calls of an app's own gRPC methods through the sidecars.</summary>
public sealed class GrpcProxyTests
{
    private static readonly GrpcMethod<StringValue, StringValue> s_echo = new(GrpcMethodKind.Unary, "shop.Prices", "Echo");
    private static readonly GrpcMethod<Int32Value, Int32Value> s_count = new(GrpcMethodKind.ServerStream, "shop.Prices", "Count");
    private static readonly GrpcMethod<Int32Value, Int32Value> s_sum = new(GrpcMethodKind.Duplex, "shop.Prices", "Sum");
    private static readonly GrpcMethod<StringValue, StringValue> s_talk = new(GrpcMethodKind.Duplex, "shop.Prices", "Talk");
    private static readonly GrpcCallOptions s_toShop = To("shop");

    private readonly Inbox<string> _ended = new();
    private readonly TaskCompletionSource _cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _calls;

    [Fact]
    public async Task A_unary_call_passes_between_apps_with_metadata_trailers_and_tokens()
    {
        GrpcMetadata? seen = null;
        await using var host = await TestSidecarHost.StartAsync(
            null, default, TestSidecar.For("shop").WithOptions(options => options with { AppProtocol = "grpc", ApiToken = "api", AppToken = "app" }), TestSidecar.For("buyer").WithoutApp());
        await using var app = await GrpcApp.StartAsync(host.Sidecars[0].AppPort, routes => routes.MapGrpcUnary(s_echo, (request, call) =>
        {
            seen = call.RequestMetadata;
            call.ResponseHeaders.Add("x-head", "h");
            call.ResponseTrailers.Add("x-tail-bin", new byte[] { 1, 2 });
            return Task.FromResult(request);
        }));
        using var channel = GrpcPlace.ChannelTo(host.Sidecars[1]);
        var metadata = new GrpcMetadata { { "dapr-app-id", "shop" }, { "dapr-api-token", "mine" }, { "x-mine", "1" }, { "x-bytes-bin", new byte[] { 9 } } };

        var answer = await channel.UnaryWithMetadataAsync(s_echo, new StringValue { Value = "hello" }, new GrpcCallOptions(metadata));

        Assert.Equal(("hello", "h"), (answer.Message.Value, answer.Headers.GetText("x-head")));
        Assert.Equal([1, 2], answer.Trailers.GetBytes("x-tail-bin")!);
        Assert.Equal(("1", "app", "buyer", "shop"), (seen!.GetText("x-mine"), seen.GetText("dapr-api-token"), seen.GetText("dapr-caller-app-id"), seen.GetText("dapr-callee-app-id")));
        Assert.Equal([9], seen.GetBytes("x-bytes-bin")!);
        Assert.NotNull(seen.GetText("traceparent"));
        Assert.Null(seen.GetText("dapr-app-id"));
    }

    [Fact]
    public async Task An_error_comes_back_with_its_code_text_details_and_trailers()
    {
        await using var place = await GrpcPlace.StartAsync(Map);

        var error = await Assert.ThrowsAsync<GrpcException>(() => place.Channel.UnaryAsync(s_echo, new StringValue { Value = "refuse" }, s_toShop));

        Assert.Equal((GrpcStatusCode.FailedPrecondition, "not yet: 50% ✓", "WHY"), (error.StatusCode, error.Detail, error.FindDetail<ErrorInfo>()?.Reason));
        Assert.Equal([7], error.Trailers.GetBytes("x-tail-bin")!);
    }

    [Fact]
    public async Task Streams_pass_in_both_directions_message_by_message()
    {
        await using var place = await GrpcPlace.StartAsync(Map);

        Assert.Equal(Enumerable.Range(0, 500), await place.Channel.ServerStreamAsync(s_count, new Int32Value { Value = 500 }, s_toShop).Select(message => message.Value).ToListAsync());

        using var sum = place.Channel.Duplex(s_sum, s_toShop);
        for (var i = 1; i <= 100; i++)
            await sum.WriteAsync(new Int32Value { Value = i });
        sum.CompleteRequests();
        Assert.Equal([5050], await sum.ReadAllAsync().Select(message => message.Value).ToListAsync());

        using var talk = place.Channel.Duplex(s_talk, s_toShop);
        // The app's headers come before any message is sent.
        Assert.Equal("ready", (await talk.ReadHeadersAsync()).GetText("x-app"));
        await using var answers = talk.ReadAllAsync().GetAsyncEnumerator();
        for (var i = 0; i < 50; i++)
        {
            await talk.WriteAsync(new StringValue { Value = $"{i}" });
            Assert.True(await answers.MoveNextAsync());
            Assert.Equal($"{i}!", answers.Current.Value);
        }

        talk.CompleteRequests();
        Assert.False(await answers.MoveNextAsync());
        Assert.Equal("completed", await _ended.TakeAsync());
    }

    [Fact]
    public async Task A_call_that_the_caller_cancels_is_cancelled_at_the_app()
    {
        await using var place = await GrpcPlace.StartAsync(Map);
        using (var talk = place.Channel.Duplex(s_talk, s_toShop))
            await talk.ReadHeadersAsync();

        Assert.Equal("cancelled", await _ended.TakeAsync());
    }

    [Fact]
    public async Task An_app_that_ends_early_ends_the_call_although_the_caller_still_sends()
    {
        await using var place = await GrpcPlace.StartAsync(Map);
        using var talk = place.Channel.Duplex(s_talk, s_toShop);
        await talk.WriteAsync(new StringValue { Value = "enough" });

        var error = await Assert.ThrowsAsync<GrpcException>(async () => await talk.ReadAllAsync().ToListAsync());

        Assert.Equal((GrpcStatusCode.Aborted, "enough"), (error.StatusCode, error.Detail));
    }

    [Fact]
    public async Task A_deadline_reaches_the_app()
    {
        await using var place = await GrpcPlace.StartAsync(Map);

        var error = await Assert.ThrowsAsync<GrpcException>(() => place.Channel.UnaryAsync(s_echo, new StringValue { Value = "wait" }, s_toShop with { Timeout = TimeSpan.FromMilliseconds(200) }));

        Assert.Equal(GrpcStatusCode.DeadlineExceeded, error.StatusCode);
        Assert.Equal("over", await _ended.TakeAsync());
    }

    [Fact]
    public async Task Whom_it_cannot_reach_is_told()
    {
        await using var sidecar = await TestSidecar.For("shop").WithOptions(options => options with { AppProtocol = "grpc" }).StartAsync();
        using var channel = GrpcPlace.ChannelTo(sidecar);

        Assert.Equal((GrpcStatusCode.Unknown, "couldn't find service: nobody"), await FailAsync(channel, To("nobody")));
        Assert.Equal((GrpcStatusCode.Unknown, "failed to proxy request: required metadata dapr-callee-app-id or dapr-app-id not found"), await FailAsync(channel, default));
        Assert.Equal(GrpcStatusCode.Unavailable, (await FailAsync(channel, s_toShop)).Code);
        await using var app = await GrpcApp.StartAsync(sidecar.AppPort, _ => { });
        Assert.Equal(GrpcStatusCode.Unimplemented, (await FailAsync(channel, s_toShop)).Code);
    }

    [Fact]
    public async Task Of_two_instances_the_one_that_is_there_answers_proxied_calls_and_invocations()
    {
        var shop = TestSidecar.For("shop").WithOptions(options => options with { AppProtocol = "grpc" });
        await using var host = await TestSidecarHost.StartAsync(null, default, shop, shop, TestSidecar.For("buyer").WithoutApp());
        await using var staying = await GrpcApp.StartAsync(host.Sidecars[0].AppPort, MapBoth);
        await using (await GrpcApp.StartAsync(host.Sidecars[1].AppPort, MapBoth))
            await Task.WhenAll(host.Sidecars.Select(sidecar => sidecar.WaitUntilReadyAsync()));
        using var channel = GrpcPlace.ChannelTo(host.Sidecars[2]);

        for (var i = 0; i < 4; i++)
        {
            Assert.Equal("x", (await channel.UnaryAsync(s_echo, new StringValue { Value = "x" }, s_toShop)).Value);
            Assert.Equal("x", (await channel.UnaryAsync(DaprMethods.InvokeService, new InvokeServiceRequest { Id = "shop", Message = new InvokeRequest { Method = "x" } })).ContentType);
        }

        void MapBoth(IEndpointRouteBuilder routes)
        {
            Map(routes);
            routes.MapGrpcUnary(AppCallbackMethods.OnInvoke, (request, _) => Task.FromResult(new InvokeResponse { ContentType = request.Method }));
        }
    }

    [Fact]
    public async Task A_message_beyond_the_limit_exhausts_a_resource_in_either_direction()
    {
        await using var place = await GrpcPlace.StartAsync(Map, builder => builder.WithOptions(options => options with { MaxBodySize = 100_000 }));

        Assert.Equal(99_000, (await place.Channel.UnaryAsync(s_echo, new StringValue { Value = new string('x', 99_000) }, s_toShop)).Value.Length);
        Assert.Equal((GrpcStatusCode.ResourceExhausted, "grpc: received message larger than max (100104 vs. 100000)"), await FailAsync(place.Channel, s_toShop, new string('x', 100_100)));
        Assert.Equal(GrpcStatusCode.ResourceExhausted, (await FailAsync(place.Channel, s_toShop, "large")).Code);
    }

    [Fact]
    public async Task A_policy_tries_a_unary_call_again_and_passes_the_last_error_on()
    {
        await using var place = await GrpcPlace.StartAsync(Map, builder => builder.WithResiliency(Retrying()));

        Assert.Equal("third", (await place.Channel.UnaryAsync(s_echo, new StringValue { Value = "third" }, s_toShop)).Value);
        Assert.Equal(3, _calls);

        _calls = 0;
        var error = await Assert.ThrowsAsync<GrpcException>(() => place.Channel.UnaryAsync(s_echo, new StringValue { Value = "refuse" }, s_toShop));
        Assert.Equal((GrpcStatusCode.FailedPrecondition, "not yet: 50% ✓", 3), (error.StatusCode, error.Detail, _calls));
        Assert.Equal([7], error.Trailers.GetBytes("x-tail-bin")!);
    }

    [Fact]
    public async Task A_policys_timeout_ends_the_call_at_both_ends()
    {
        var policy = new ResiliencySpec
        {
            Timeouts = new Dictionary<string, TimeSpan> { ["short"] = TimeSpan.FromMilliseconds(200) },
            Apps = new Dictionary<string, PolicyNames> { ["shop"] = new(Timeout: "short") },
        };
        await using var place = await GrpcPlace.StartAsync(Map, builder => builder.WithResiliency(policy));

        Assert.Equal((GrpcStatusCode.DeadlineExceeded, "context deadline exceeded"), await FailAsync(place.Channel, s_toShop, "wait"));
        Assert.Equal("over", await _ended.TakeAsync());
    }

    [Fact]
    public async Task A_policy_with_retries_refuses_a_stream_that_does_not_say_it_is_one()
    {
        await using var place = await GrpcPlace.StartAsync(Map, builder => builder.WithResiliency(Retrying()));
        using (var sum = place.Channel.Duplex(s_sum, s_toShop))
        {
            var error = await Assert.ThrowsAsync<GrpcException>(async () =>
            {
                await sum.WriteAsync(new Int32Value { Value = 1 });
                await sum.WriteAsync(new Int32Value { Value = 2 });
                await sum.ReadAllAsync().ToListAsync();
            });
            Assert.Equal((GrpcStatusCode.FailedPrecondition, "cannot use resiliency policies with retries on streaming RPCs"), (error.StatusCode, error.Detail));
        }

        using var stream = place.Channel.Duplex(s_sum, new GrpcCallOptions(new GrpcMetadata { { "dapr-app-id", "shop" }, { "dapr-stream", "true" } }));
        await stream.WriteAsync(new Int32Value { Value = 1 });
        await stream.WriteAsync(new Int32Value { Value = 2 });
        stream.CompleteRequests();
        Assert.Equal([3], await stream.ReadAllAsync().Select(message => message.Value).ToListAsync());
    }

    [Fact]
    public async Task A_stream_cut_by_the_app_ends_with_a_status_after_what_came()
    {
        await using var place = await GrpcPlace.StartAsync(Map);
        var got = new List<int>();

        var error = await Assert.ThrowsAsync<GrpcException>(async () =>
        {
            await foreach (var message in place.Channel.ServerStreamAsync(s_count, new Int32Value { Value = -3 }, s_toShop))
            {
                got.Add(message.Value);
                if (got.Count == 3)
                    _cut.SetResult();
            }
        });

        Assert.Equal([0, 1, 2], got);
        Assert.NotEqual(GrpcStatusCode.Ok, error.StatusCode);
        Assert.Equal("still here", (await place.Channel.UnaryAsync(s_echo, new StringValue { Value = "still here" }, s_toShop)).Value);
    }

    private void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGrpcUnary(s_echo, EchoAsync);
        routes.MapGrpcServerStream(s_count, async (request, responses, call) =>
        {
            for (var i = 0; i < Math.Abs(request.Value); i++)
                await responses.WriteAsync(new Int32Value { Value = i });
            if (request.Value < 0)
            {
                await _cut.Task;
                call.HttpContext.Abort();
            }
        });
        routes.MapGrpcDuplex(s_sum, async (requests, responses, _) => await responses.WriteAsync(new Int32Value { Value = await requests.Select(message => message.Value).SumAsync() }));
        routes.MapGrpcDuplex(s_talk, TalkAsync);
    }

    private async Task<StringValue> EchoAsync(StringValue request, GrpcServerCall call)
    {
        switch (request.Value)
        {
            case "refuse":
                _calls++;
                call.ResponseTrailers.Add("x-tail-bin", new byte[] { 7 });
                throw new GrpcException(GrpcStatusCode.FailedPrecondition, "not yet: 50% ✓", richStatus: new Status { Code = 9, Details = { Any.Pack(new ErrorInfo { Reason = "WHY" }) } });
            case "third" when ++_calls < 3:
                throw new GrpcException(GrpcStatusCode.Unavailable, "busy");
            case "large":
                return new StringValue { Value = new string('y', 200_000) };
            case "wait":
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, call.CancellationToken);
                }
                finally
                {
                    _ended.Add("over");
                }

                break;
        }

        return request;
    }

    private async Task TalkAsync(IAsyncEnumerable<StringValue> requests, IGrpcStreamWriter<StringValue> responses, GrpcServerCall call)
    {
        call.ResponseHeaders.Add("x-app", "ready");
        await call.SendHeadersAsync();
        try
        {
            await foreach (var request in requests)
            {
                if (request.Value == "enough")
                    throw new GrpcException(GrpcStatusCode.Aborted, "enough");
                await responses.WriteAsync(new StringValue { Value = request.Value + "!" });
            }

            _ended.Add("completed");
        }
        catch (OperationCanceledException)
        {
            _ended.Add("cancelled");
            throw;
        }
    }

    private static async Task<(GrpcStatusCode Code, string Detail)> FailAsync(GrpcChannel channel, GrpcCallOptions options, string value = "x")
    {
        var error = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(s_echo, new StringValue { Value = value }, options));
        return (error.StatusCode, error.Detail);
    }

    private static GrpcCallOptions To(string appId) => new(new GrpcMetadata { { "dapr-app-id", appId } });

    private static ResiliencySpec Retrying() => new()
    {
        Retries = new Dictionary<string, RetryPolicy> { ["twice"] = new() { Duration = TimeSpan.FromMilliseconds(1), MaxRetries = 2 } },
        Apps = new Dictionary<string, PolicyNames> { ["shop"] = new(Retry: "twice") },
    };
}
