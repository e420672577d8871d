using System.Net;
using System.Net.Sockets;
using Sidecar.Processes;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;

namespace Sidecar.Tests.Hosting;

public sealed class SidecarHostTests
{
    [Fact]
    public async Task Sidecars_answer_on_their_own_ports_with_their_own_components()
    {
        await using var fixture = await SidecarFixture.StartAsync(
        [
            new SidecarDefinition(new SidecarOptions { AppId = "one" }, SidecarFixture.WithStore),
            new SidecarDefinition(new SidecarOptions { AppId = "two" }, new SidecarResources()),
        ]);

        var one = await fixture.ClientOf(0).GetStringAsync("/v1.0/metadata");
        var two = await fixture.ClientOf(1).GetStringAsync("/v1.0/metadata");

        Assert.Contains("\"id\":\"one\"", one);
        Assert.Contains("""{"name":"store","type":"state.dictionary","version":"v1","capabilities":["ETAG","TRANSACTIONAL","TTL","ACTOR"]}""", one);
        Assert.Contains("\"id\":\"two\"", two);
        Assert.DoesNotContain("\"components\"", two);
        Assert.Equal(4, fixture.Host.Sidecars.SelectMany(s => new[] { s.HttpPort, s.GrpcPort }).Distinct().Count());
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_its_app_and_the_way_out()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var error = await Assert.ThrowsAsync<SidecarStartException>(() => SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders", HttpPort = port }));

        Assert.Equal(
            $"sidecar 'orders' cannot start: its HTTP port {port} on 127.0.0.1 is in use by another program; stop that, or give the sidecar another port by daprHTTPPort in the run file or --dapr-http-port",
            error.Message);
    }

    [Fact]
    public async Task Two_sidecars_that_want_one_port_are_refused_before_anything_starts()
    {
        var error = await Assert.ThrowsAsync<SidecarStartException>(() => SidecarFixture.StartAsync(
        [
            new SidecarDefinition(new SidecarOptions { AppId = "one", HttpPort = 45001 }, SidecarFixture.WithStore),
            new SidecarDefinition(new SidecarOptions { AppId = "two", GrpcPort = 45001 }, SidecarFixture.WithStore),
        ]));

        Assert.Contains("sidecar 'two' cannot start: its gRPC port 45001 is also the HTTP port of sidecar 'one'", error.Message);
    }

    [Theory]
    [InlineData("state.unknown", "there is no component type 'state.unknown' here; known types are secretstores.dictionary, state.dictionary")]
    [InlineData("state.dictionary", "metadata 'fail' says so")]
    public async Task A_component_that_cannot_be_made_names_its_sidecar_and_place(string type, string problem)
    {
        var resources = new SidecarResources
        {
            Components =
            [
                new Component
                {
                    Name = "broken",
                    Type = type,
                    Metadata = new Dictionary<string, string> { ["fail"] = "yes" },
                    Location = new SourceLocation("components/broken.yaml", 3),
                },
            ],
        };

        var error = await Assert.ThrowsAsync<SidecarStartException>(() => SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders" }, resources));

        Assert.StartsWith("sidecar 'orders' cannot start: component 'broken' ", error.Message);
        Assert.Contains("components/broken.yaml:3", error.Message);
        Assert.Contains(problem, error.Message);
    }

    [Fact]
    public async Task A_component_that_ignores_errors_is_left_out()
    {
        await using var fixture = await SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders" }, new SidecarResources
        {
            Components = [new Component { Name = "broken", Type = "state.unknown", IgnoreErrors = true }, .. SidecarFixture.WithStore.Components],
        });

        Assert.Equal(HttpStatusCode.NoContent, (await fixture.Client.GetAsync("/v1.0/state/store/a")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await fixture.Client.GetAsync("/v1.0/state/broken/a")).StatusCode);
    }

    [Fact]
    public async Task Outbound_is_ready_before_the_app_listens_and_healthz_after()
    {
        var port = new FreePorts().Next();
        await using var fixture = await SidecarFixture.StartAsync(
            [new SidecarDefinition(new SidecarOptions { AppId = "orders", AppPort = port }, SidecarFixture.WithStore)], waitUntilReady: false);

        var outbound = await fixture.Client.GetAsync("/v1.0/healthz/outbound");
        var before = await fixture.Client.GetAsync("/v1.0/healthz");
        await using var app = await TestApp.StartAsync(_ => Task.CompletedTask, port: port);
        await fixture.Sidecar.WaitUntilReadyAsync().WaitAsync(TimeSpan.FromSeconds(60));
        var after = await fixture.Client.GetAsync("/v1.0/healthz");
        var mismatch = await fixture.Client.GetAsync("/v1.0/healthz?appid=other");

        Assert.Equal(HttpStatusCode.NoContent, outbound.StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, before.StatusCode);
        Assert.Equal("""{"errorCode":"ERR_HEALTH_NOT_READY","message":"dapr is not ready"}""", await before.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NoContent, after.StatusCode);
        Assert.Equal("""{"errorCode":"ERR_HEALTH_APPID_NOT_MATCH","message":"dapr app-id does not match"}""", await mismatch.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task App_health_follows_the_probes_with_their_threshold()
    {
        var status = 200;
        var probed = new SemaphoreSlim(0);
        await using var app = await TestApp.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            if (context.Request.Path == "/ready")
                probed.Release();
            return Task.CompletedTask;
        });
        var time = new SteppedTime();
        await using var fixture = await SidecarFixture.StartAsync(
            new SidecarOptions { AppId = "orders", AppPort = app.Port, AppHealthCheck = new AppHealthCheckOptions { Path = "ready", Threshold = 2 } }, time: time);
        var channel = fixture.Sidecar.Context.App;
        var changes = System.Threading.Channels.Channel.CreateUnbounded<bool>();
        channel.HealthChanged += healthy => changes.Writer.TryWrite(healthy);
        await probed.WaitAsync(TimeSpan.FromSeconds(60));

        status = 500;
        await NextProbeAsync();
        Assert.True(channel.IsHealthy);
        await NextProbeAsync();
        Assert.False(await changes.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.False(channel.IsHealthy);
        status = 200;
        await NextProbeAsync();
        Assert.True(await changes.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60)));

        async Task NextProbeAsync()
        {
            // The pause between probes, not the time limit of the probe before it.
            await time.WaitForTimerAsync(remaining => remaining == TimeSpan.FromSeconds(5)).WaitAsync(TimeSpan.FromSeconds(60));
            time.Advance(TimeSpan.FromSeconds(5));
            Assert.True(await probed.WaitAsync(TimeSpan.FromSeconds(60)));
        }
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("12", false)]
    public async Task A_gRPC_app_is_probed_by_its_health_check_method(string status, bool healthy)
    {
        var probed = new TaskCompletionSource<string>();
        await using var app = await TestApp.StartAsync(
            context =>
            {
                context.Response.ContentType = "application/grpc";
                context.Response.Headers["grpc-status"] = status;
                probed.TrySetResult(context.Request.Path);
                return Task.CompletedTask;
            },
            Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http2);
        await using var fixture = await SidecarFixture.StartAsync(
            [new SidecarDefinition(new SidecarOptions { AppId = "orders", AppPort = app.Port, AppProtocol = "grpc", AppHealthCheck = new AppHealthCheckOptions { Timeout = TimeSpan.FromSeconds(10) } }, SidecarFixture.WithStore)],
            waitUntilReady: false);

        Assert.Equal("/dapr.proto.runtime.v1.AppCallbackHealthCheck/HealthCheck", await probed.Task.WaitAsync(TimeSpan.FromSeconds(60)));
        if (healthy)
            await fixture.Sidecar.WaitUntilReadyAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(healthy, fixture.Sidecar.Context.App.IsHealthy);
    }

    [Fact]
    public async Task The_API_token_guards_everything_but_health()
    {
        await using var fixture = await SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders", ApiToken = "secret" });

        var without = await fixture.Client.GetAsync("/v1.0/metadata");
        var wrong = await AskAsync("other");
        var right = await AskAsync("secret");
        var health = await fixture.Client.GetAsync("/v1.0/healthz");
        var outbound = await fixture.Client.GetAsync("/v1.0/healthz/outbound");

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid api token\n"), (without.StatusCode, await without.Content.ReadAsStringAsync()));
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, health.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, outbound.StatusCode);

        Task<HttpResponseMessage> AskAsync(string token) =>
            fixture.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/v1.0/metadata") { Headers = { { "dapr-api-token", token } } });
    }

    [Fact]
    public async Task The_HTTP_port_speaks_HTTP_2_without_TLS_too()
    {
        await using var fixture = await SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders" });

        var answer = await fixture.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/v1.0/metadata")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(HttpVersion.Version20, answer.Version);
    }

    [Fact]
    public async Task Shutdown_answers_and_then_stops_the_sidecar_alone()
    {
        await using var fixture = await SidecarFixture.StartAsync(
        [
            new SidecarDefinition(new SidecarOptions { AppId = "one" }, SidecarFixture.WithStore),
            new SidecarDefinition(new SidecarOptions { AppId = "two" }, SidecarFixture.WithStore),
        ]);

        var answer = await fixture.ClientOf(0).PostAsync("/v1.0/shutdown", null);
        await fixture.Host.Sidecars[0].Stopped.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await fixture.ClientOf(1).GetAsync("/v1.0/healthz")).StatusCode);
        Assert.False(fixture.Host.Sidecars[0].IsReady);
    }

    [Fact]
    public async Task Metadata_takes_entries_and_shows_them_with_the_runtime_version()
    {
        await using var fixture = await SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders" });

        var set = await fixture.Client.PutAsync("/v1.0/metadata/cliPID", new StringContent("42"));
        var metadata = System.Text.Json.JsonDocument.Parse(await fixture.Client.GetStringAsync("/v1.0/metadata")).RootElement;

        Assert.Equal(HttpStatusCode.NoContent, set.StatusCode);
        Assert.Equal("42", metadata.GetProperty("extended").GetProperty("cliPID").GetString());
        Assert.StartsWith("1.18.", metadata.GetProperty("extended").GetProperty("daprRuntimeVersion").GetString());
    }

    [Fact]
    public async Task Metadata_leaves_out_what_there_is_none_of_and_always_tells_of_the_app()
    {
        await using var fixture = await SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders" });

        var metadata = System.Text.Json.JsonDocument.Parse(await fixture.Client.GetStringAsync("/v1.0/metadata")).RootElement;

        Assert.Equal(
            ["id", "runtimeVersion", "components", "extended", "appConnectionProperties", "actorRuntime", "workflows"], metadata.EnumerateObject().Select(property => property.Name));
        Assert.Equal("""{"protocol":"http","channelAddress":"127.0.0.1"}""", metadata.GetProperty("appConnectionProperties").GetRawText());
        Assert.Equal("{}", metadata.GetProperty("workflows").GetRawText());
    }

    [Theory]
    [InlineData("GET", "/v1.0/configuration/any?key=a", """{"errorCode":"ERR_CONFIGURATION_STORE_NOT_CONFIGURED","message":"configuration stores not configured"}""")]
    [InlineData("POST", "/v1.0-alpha1/lock/any", """{"errorCode":"ERR_LOCK_STORE_NOT_CONFIGURED","message":"lock store is not configured"}""")]
    [InlineData("POST", "/v1.0/bindings/any", """{"errorCode":"ERR_INVOKE_OUTPUT_BINDING","message":"error invoking output binding any: couldn't find output binding any"}""")]
    public async Task Blocks_without_components_answer_that_nothing_is_configured(string method, string path, string expected)
    {
        await using var fixture = await SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders" });

        var answer = await fixture.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "GET" ? null : SidecarFixture.Json("""{"resourceId":"r","lockOwner":"me","expiryInSeconds":10,"operation":"create"}""") });

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal(expected, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Duplicate_and_trailing_slashes_do_not_count_and_a_broken_escape_is_a_400()
    {
        await using var fixture = await SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders" });

        var slashes = await fixture.Client.GetAsync("/v1.0//metadata/");
        var broken = await RawAsync(fixture.Sidecar.HttpPort, "GET /v1.0/state/store/a%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.Equal(HttpStatusCode.OK, slashes.StatusCode);
        Assert.StartsWith("HTTP/1.1 400 ", broken);
    }

    [Fact]
    public async Task Metrics_count_calls_under_Daprs_names()
    {
        await using var fixture = await SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders", MetricsPort = 0 });
        await fixture.Client.PostAsync("/v1.0/state/store", SidecarFixture.Json("""[{"key":"a","value":1}]"""));

        var text = await fixture.Client.GetStringAsync($"http://127.0.0.1:{fixture.Sidecar.MetricsPort}/");

        Assert.Contains("# TYPE dapr_http_server_request_count counter\n", text);
        Assert.Contains("dapr_http_server_request_count{app_id=\"orders\",method=\"POST\",path=\"/v1.0/state/{store}\",status=\"204\"} 1\n", text);
        Assert.Contains("dapr_component_state_count{app_id=\"orders\",component=\"store\",operation=\"set\",success=\"true\"} 1\n", text);
        Assert.Contains("dapr_component_state_latencies_bucket{app_id=\"orders\",component=\"store\",operation=\"set\",success=\"true\",le=\"+Inf\"} 1\n", text);
        Assert.Contains("dapr_runtime_component_loaded{app_id=\"orders\"} 1\n", text);
    }

    private static async Task<string> RawAsync(int port, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(request));
        return await new StreamReader(client.GetStream()).ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
    }
}
