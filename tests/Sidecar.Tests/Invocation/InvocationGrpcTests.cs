using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Rpc;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Http;
using Sidecar.Runtime.Hosting;
using Sidecar.Tests.Hosting;

namespace Sidecar.Tests.Invocation;

public sealed class InvocationGrpcTests
{
    [Fact]
    public async Task InvokeService_reaches_an_HTTP_app_with_verb_query_metadata_and_body()
    {
        var seen = "";
        await using var app = await TestApp.StartAsync(async context =>
        {
            seen = $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {context.Request.ContentType} {context.Request.Headers["x-one"]}";
            context.Response.ContentType = "text/plain";
            await context.Request.Body.CopyToAsync(context.Response.Body);
        });
        await using var fixture = await SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders", AppPort = app.Port });
        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{fixture.Sidecar.GrpcPort}"));

        var answer = await channel.UnaryWithMetadataAsync(DaprMethods.InvokeService, new InvokeServiceRequest
        {
            Id = "orders",
            Message = new InvokeRequest
            {
                Method = "a/b",
                Data = new Any { Value = ByteString.CopyFromUtf8("{}") },
                ContentType = "application/json",
                HttpExtension = new HTTPExtension { Verb = HTTPExtension.Types.Verb.Put, Querystring = "q=1" },
            },
        }, new GrpcCallOptions(new GrpcMetadata { { "x-one", "1" } }));

        Assert.Equal("PUT /a/b?q=1 application/json 1", seen);
        Assert.Equal("{}", answer.Message.Data.Value.ToStringUtf8());
        Assert.Equal("text/plain", answer.Message.ContentType);
        Assert.Equal("200", answer.Headers.GetText("dapr-http-status"));
    }

    [Theory]
    [InlineData(400, GrpcStatusCode.Internal)]
    [InlineData(404, GrpcStatusCode.NotFound)]
    [InlineData(409, GrpcStatusCode.AlreadyExists)]
    [InlineData(500, GrpcStatusCode.Unknown)]
    [InlineData(503, GrpcStatusCode.Unavailable)]
    public async Task The_apps_status_becomes_a_gRPC_status_with_its_words_in_the_details(int status, GrpcStatusCode expected)
    {
        await using var app = await TestApp.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("why");
        });
        await using var fixture = await SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders", AppPort = app.Port });
        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{fixture.Sidecar.GrpcPort}"));

        var error = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(
            DaprMethods.InvokeService, new InvokeServiceRequest { Id = "orders", Message = new InvokeRequest { Method = "x" } }));

        Assert.Equal(expected, error.StatusCode);
        Assert.Equal("why", error.FindDetail<ErrorInfo>()?.Metadata["http.error_message"]);
    }
}
