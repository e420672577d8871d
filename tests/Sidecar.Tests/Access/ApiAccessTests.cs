using System.Net;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Microsoft.AspNetCore.Http;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;
using Sidecar.Tests.Hosting;
using static Sidecar.Tests.Hosting.SidecarFixture;

namespace Sidecar.Tests.Access;

/// <summary>The lists of a Configuration that open and close APIs, and doors between apps, over the wire.</summary>
public sealed class ApiAccessTests
{
    [Fact]
    public async Task Only_what_is_allowed_over_HTTP_is_there_and_health_always()
    {
        await using var fixture = await StartAsync(new SidecarOptions { AppId = "orders" }, With(new ApiRules([new ApiRule("state", "v1.0", "http")], [])));

        Assert.Equal(HttpStatusCode.NoContent, (await fixture.Client.GetAsync("/v1.0/state/store/none")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await fixture.Client.GetAsync("/v1.0/healthz")).StatusCode);
        var metadata = await fixture.Client.GetAsync("/v1.0/metadata");
        Assert.Equal((HttpStatusCode.NotFound, "404 page not found\n"), (metadata.StatusCode, await metadata.Content.ReadAsStringAsync()));
        Assert.Equal(HttpStatusCode.NotFound, (await fixture.Client.GetAsync("/v1.0/invoke/orders/method/x")).StatusCode);
    }

    [Fact]
    public async Task What_is_denied_is_as_unknown_as_any_other_path_even_if_it_is_allowed_too()
    {
        ApiRule state = new("state", "v1.0", "http");
        await using var fixture = await StartAsync(new SidecarOptions { AppId = "orders" }, With(new ApiRules([state, new ApiRule("invoke", "v1.0", "http")], [state])));

        var answer = await fixture.Client.GetAsync("/v1.0/state/store/none");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("ERR_DIRECT_INVOKE", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_of_one_protocol_say_nothing_of_the_other()
    {
        await using var fixture = await StartAsync(new SidecarOptions { AppId = "orders" }, With(new ApiRules([new ApiRule("state", "v1", "grpc")], [])));
        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{fixture.Sidecar.GrpcPort}"));

        Assert.Equal(HttpStatusCode.OK, (await fixture.Client.GetAsync("/v1.0/metadata")).StatusCode);
        await channel.UnaryAsync(DaprMethods.GetState, new GetStateRequest { StoreName = "store", Key = "none" });
        var refused = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(DaprMethods.GetMetadata, new GetMetadataRequest()));
        Assert.Equal(GrpcStatusCode.Unimplemented, refused.StatusCode);
    }

    [Fact]
    public async Task A_call_that_the_callee_does_not_allow_is_forbidden()
    {
        await using var app = await TestApp.StartAsync(context => context.Response.WriteAsync("ok"));
        await using var fixture = await StartAsync(
        [
            new SidecarDefinition(new SidecarOptions { AppId = "front" }, WithStore),
            new SidecarDefinition(new SidecarOptions { AppId = "orders", AppPort = app.Port }, WithStore with
            {
                Configuration = new ConfigurationSpec
                {
                    AccessControl = new AccessControlRules(DefaultAllow: false, "public", [new CallerPolicy("front", "default", "public", false, [new OperationRule("/open", ["GET"], Allow: true)])]),
                },
            }),
        ]);

        Assert.Equal("ok", await fixture.Client.GetStringAsync("/v1.0/invoke/orders/method/open"));
        var answer = await fixture.Client.GetAsync("/v1.0/invoke/orders/method/closed");
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("access control policy has denied access to appid: front operation: /closed verb: GET", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("ok", await fixture.ClientOf(1).GetStringAsync("/v1.0/invoke/orders/method/closed"));
    }

    private static SidecarResources With(ApiRules rules) => WithStore with { Configuration = new ConfigurationSpec { Api = rules } };
}
