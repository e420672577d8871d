using System.Net;
using Microsoft.AspNetCore.Http;
using Sidecar.Components.RateLimitMiddleware;
using Sidecar.Components.UppercaseMiddleware;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;
using Sidecar.Tests.Hosting;

namespace Sidecar.Tests.Middleware;

/// <summary>What stands between the sidecar and its app, by <c>appHttpPipeline</c> of a Configuration.</summary>
public sealed class AppHttpPipelineTests
{
    [Fact]
    public async Task The_app_gets_what_the_middleware_made_of_a_request_and_the_caller_what_the_app_answered()
    {
        await using var app = await TestApp.StartAsync(async http =>
        {
            using var body = new StreamReader(http.Request.Body);
            http.Response.StatusCode = StatusCodes.Status202Accepted;
            http.Response.Headers["x-app"] = "yes";
            await http.Response.WriteAsync($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString} {await body.ReadToEndAsync()} {http.Request.Headers["x-caller"]}");
        });
        await using var host = await StartAsync(app.Port, new Component { Name = "loud", Type = "middleware.http.uppercase" });
        using var client = Client(host);
        using var request = new HttpRequestMessage(HttpMethod.Put, "/v1.0/invoke/orders/method/a%2Fb?c=%20d") { Content = new StringContent("quiet") };
        request.Headers.Add("x-caller", "me");

        using var answer = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal("yes", answer.Headers.GetValues("x-app").Single());
        Assert.Equal("PUT /a/b?c=%20d QUIET me", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task What_the_middleware_refuses_never_comes_to_the_app()
    {
        var calls = 0;
        await using var app = await TestApp.StartAsync(http =>
        {
            if (http.Request.Path == "/work")
                Interlocked.Increment(ref calls);
            return Task.CompletedTask;
        });
        await using var host = await StartAsync(app.Port, new Component
        {
            Name = "limit",
            Type = "middleware.http.ratelimit",
            Metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["maxRequestsPerSecond"] = "1" },
        });
        using var client = Client(host);

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1.0/invoke/orders/method/work")).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await client.GetAsync("/v1.0/invoke/orders/method/work")).StatusCode);
        Assert.Equal(1, calls);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1.0/metadata")).StatusCode);
    }

    [Fact]
    public async Task A_handler_without_its_component_stops_the_start_and_is_named()
    {
        var error = await Assert.ThrowsAsync<SidecarStartException>(() => StartAsync(0, [], new PipelineHandler("none", "middleware.http.uppercase", new SourceLocation("c.yaml", 7))));

        Assert.Contains("c.yaml:7: spec.appHttpPipeline: there is no component 'none' of type middleware.http.uppercase", error.Message, StringComparison.Ordinal);
    }

    private static HttpClient Client(SidecarHost host) => new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{host.Sidecars[0].HttpPort}") };

    private static Task<SidecarHost> StartAsync(int appPort, Component component) => StartAsync(appPort, [component], new PipelineHandler(component.Name, component.Type, new SourceLocation("c.yaml", 7)));

    private static async Task<SidecarHost> StartAsync(int appPort, IReadOnlyList<Component> components, PipelineHandler handler)
    {
        var host = await SidecarHost.StartAsync(new SidecarHostOptions
        {
            Sidecars = [new SidecarDefinition(
                new SidecarOptions { AppId = "orders", AppPort = appPort }, new SidecarResources { Components = components, Configuration = new ConfigurationSpec { AppHttpPipeline = [handler] } })],
            Factories = [new UppercaseMiddlewareFactory(), new RateLimitMiddlewareFactory()],
            SchedulerStore = new DictionaryStateStore(TimeProvider.System),
            Time = new SteppedTime(),
            HostDirectory = AppContext.BaseDirectory,
        });
        await host.WaitUntilReadyAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
        return host;
    }
}
