using System.Net;
using System.Text.Json;
using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Rpc;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Sidecar.Runtime.Resources;
using Sidecar.Testing;
using Sidecar.Tests.Hosting;

namespace Sidecar.Tests.GrpcApps;

/// <summary>Service invocation of apps that speak gRPC.</summary>
public sealed class GrpcInvocationTests
{
    [Fact]
    public async Task A_caller_over_HTTP_reaches_OnInvoke_and_gets_its_answer_as_HTTP()
    {
        InvokeRequest? seen = null;
        GrpcMetadata? metadata = null;
        await using var place = await GrpcPlace.StartAsync(
            routes => routes.MapGrpcUnary(AppCallbackMethods.OnInvoke, (request, call) =>
            {
                (seen, metadata) = (request, call.RequestMetadata);
                call.ResponseHeaders.Add("x-back", "yes");
                return Task.FromResult(new InvokeResponse { Data = new Any { Value = ByteString.CopyFromUtf8("<p/>") }, ContentType = "text/html" });
            }),
            builder => builder.WithOptions(options => options with { ApiToken = "api", AppToken = "app" }));
        using var request = new HttpRequestMessage(HttpMethod.Put, "v1.0/invoke/shop/method/prices/quote?currency=EUR&x=1") { Content = SidecarFixture.Json("""{"sku":"a"}""") };
        request.Headers.Add("dapr-api-token", "api");
        request.Headers.Add("X-One", "1");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        using var response = await place.Sidecar.Http.SendAsync(request);

        Assert.Equal(("prices/quote", HTTPExtension.Types.Verb.Put, "currency=EUR&x=1"), (seen!.Method, seen.HttpExtension.Verb, seen.HttpExtension.Querystring));
        Assert.Equal(("""{"sku":"a"}""", "application/json; charset=utf-8"), (seen.Data.Value.ToStringUtf8(), seen.ContentType));
        Assert.Equal(("1", "app", "shop", "application/json; charset=utf-8"), (metadata!.GetText("x-one"), metadata.GetText("dapr-api-token"), metadata.GetText("dapr-caller-app-id"), metadata.GetText("dapr-content-type")));
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", metadata.GetText("traceparent"));
        Assert.Equal("00000AF7651916CD43DD8448EB211C80319C01B7AD6B71692033310201", Convert.ToHexString(metadata.GetBytes("grpc-trace-bin")!));
        Assert.Equal((HttpStatusCode.OK, "<p/>", "text/html"), (response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType!.ToString()));
        Assert.Equal("yes", response.Headers.GetValues("x-back").Single());
    }

    [Theory]
    [InlineData(GrpcStatusCode.InvalidArgument, 400)]
    [InlineData(GrpcStatusCode.NotFound, 404)]
    [InlineData(GrpcStatusCode.Aborted, 409)]
    [InlineData(GrpcStatusCode.PermissionDenied, 403)]
    [InlineData(GrpcStatusCode.ResourceExhausted, 429)]
    [InlineData(GrpcStatusCode.DeadlineExceeded, 504)]
    [InlineData(GrpcStatusCode.Internal, 500)]
    public async Task The_apps_status_becomes_an_HTTP_status_with_the_status_as_its_body(GrpcStatusCode code, int expected)
    {
        var details = new Status { Code = (int)code, Details = { Any.Pack(new ErrorInfo { Reason = "SOLD_OUT", Domain = "shop" }) } };
        await using var place = await GrpcPlace.StartAsync(
            routes => routes.MapGrpcUnary(AppCallbackMethods.OnInvoke, (_, _) => Task.FromException<InvokeResponse>(new GrpcException(code, "not today", richStatus: details))));

        using var response = await place.Sidecar.Http.GetAsync(new Uri("v1.0/invoke/shop/method/x", UriKind.Relative));

        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal((expected, "application/json"), ((int)response.StatusCode, response.Content.Headers.ContentType!.ToString()));
        Assert.Equal(((int)code, "not today"), (body.RootElement.GetProperty("code").GetInt32(), body.RootElement.GetProperty("message").GetString()));
        Assert.Equal("SOLD_OUT", body.RootElement.GetProperty("details")[0].GetProperty("reason").GetString());
    }

    [Fact]
    public async Task InvokeService_passes_message_metadata_trailers_and_status_as_they_are()
    {
        InvokeRequest? seen = null;
        await using var place = await GrpcPlace.StartAsync(routes => routes.MapGrpcUnary(AppCallbackMethods.OnInvoke, (request, call) =>
        {
            seen = request;
            call.ResponseHeaders.Add("x-echo", $"{call.RequestMetadata.GetText("x-one")} {call.RequestMetadata.GetText("traceparent")}");
            call.ResponseTrailers.Add("x-bytes-bin", call.RequestMetadata.GetBytes("x-bytes-bin")!);
            return request.Method == "refuse"
                ? throw new GrpcException(GrpcStatusCode.OutOfRange, "no: 100%", richStatus: new Status { Code = 11, Details = { Any.Pack(new ErrorInfo { Reason = "WHY" }) } })
                : Task.FromResult(new InvokeResponse { Data = request.Data, ContentType = "application/x-mine" });
        }));
        var message = new InvokeRequest { Method = "echo", Data = Any.Pack(new StringValue { Value = "v" }), ContentType = "application/x-mine", HttpExtension = new HTTPExtension { Verb = HTTPExtension.Types.Verb.Delete, Querystring = "a=b" } };
        var trace = Convert.FromHexString("00000AF7651916CD43DD8448EB211C80319C01B7AD6B71692033310201");
        var metadata = new GrpcMetadata { { "x-one", "1" }, { "x-bytes-bin", new byte[] { 0, 255 } }, { "grpc-trace-bin", trace } };

        var answer = await place.Channel.UnaryWithMetadataAsync(DaprMethods.InvokeService, new InvokeServiceRequest { Id = "shop", Message = message }, new GrpcCallOptions(metadata));
        Assert.Equal(message, seen);
        Assert.Equal((message.Data, "application/x-mine"), (answer.Message.Data, answer.Message.ContentType));
        Assert.Equal("1 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", answer.Headers.GetText("x-echo"));
        Assert.Equal([0, 255], answer.Trailers.GetBytes("x-bytes-bin")!);
        Assert.Null(answer.Headers.GetText("dapr-http-status"));

        message.Method = "refuse";
        var error = await Assert.ThrowsAsync<GrpcException>(() => place.Channel.UnaryAsync(DaprMethods.InvokeService, new InvokeServiceRequest { Id = "shop", Message = message }, new GrpcCallOptions(metadata)));
        Assert.Equal((GrpcStatusCode.OutOfRange, "no: 100%", "WHY"), (error.StatusCode, error.Detail, error.FindDetail<ErrorInfo>()?.Reason));
        Assert.Equal([0, 255], error.Trailers.GetBytes("x-bytes-bin")!);
    }

    [Fact]
    public async Task An_app_without_OnInvoke_is_501_and_one_that_is_gone_503()
    {
        await using var sidecar = await TestSidecar.For("shop").WithOptions(options => options with { AppProtocol = "grpc" }).StartAsync();
        await using (await GrpcApp.StartAsync(sidecar.AppPort, _ => { }))
        {
            await sidecar.WaitUntilReadyAsync();
            Assert.Equal((501, 12), await AskAsync(sidecar));
        }

        Assert.Equal((503, 14), await AskAsync(sidecar));
    }

    [Fact]
    public async Task A_policy_leaves_an_answer_to_HTTP_alone_and_retries_for_a_caller_over_gRPC()
    {
        var calls = 0;
        var policy = new ResiliencySpec
        {
            Name = "r",
            Retries = new Dictionary<string, RetryPolicy> { ["twice"] = new RetryPolicy { Duration = TimeSpan.FromMilliseconds(1), MaxRetries = 2 } },
            Apps = new Dictionary<string, PolicyNames> { ["shop"] = new PolicyNames { Retry = "twice" } },
        };
        await using var place = await GrpcPlace.StartAsync(
            routes => routes.MapGrpcUnary(AppCallbackMethods.OnInvoke, (_, _) => ++calls % 3 == 0 ? Task.FromResult(new InvokeResponse()) : throw new GrpcException(GrpcStatusCode.Unavailable, "busy")),
            builder => builder.WithResiliency(policy));

        Assert.Equal((503, 14), await AskAsync(place.Sidecar));
        Assert.Equal(1, calls);
        calls = 0;
        await place.Channel.UnaryAsync(DaprMethods.InvokeService, new InvokeServiceRequest { Id = "shop", Message = new InvokeRequest { Method = "x" } });
        Assert.Equal(3, calls);
    }

    private static async Task<(int Http, int Grpc)> AskAsync(TestSidecar sidecar)
    {
        using var response = await sidecar.Http.GetAsync(new Uri("v1.0/invoke/shop/method/x", UriKind.Relative));
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return ((int)response.StatusCode, body.RootElement.GetProperty("code").GetInt32());
    }
}
