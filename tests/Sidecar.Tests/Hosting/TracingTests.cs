using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;

namespace Sidecar.Tests.Hosting;

public sealed class TracingTests
{
    [Fact]
    public async Task A_sampled_trace_goes_through_the_sidecar_and_its_span_to_Zipkin()
    {
        var spans = Channel.CreateUnbounded<JsonElement>();
        await using var zipkin = await TestApp.StartAsync(async context =>
        {
            foreach (var span in (await JsonDocument.ParseAsync(context.Request.Body)).RootElement.EnumerateArray())
                spans.Writer.TryWrite(span.Clone());
            context.Response.StatusCode = 202;
        });
        string? traceParent = null;
        await using var app = await TestApp.StartAsync(context =>
        {
            traceParent = context.Request.Headers["traceparent"];
            return Task.CompletedTask;
        });
        await using var fixture = await SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders", AppPort = app.Port }, new SidecarResources
        {
            Configuration = new ConfigurationSpec { SamplingRate = 1, ZipkinEndpoint = new Uri($"http://127.0.0.1:{zipkin.Port}/api/v2/spans") },
        });

        await fixture.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/v1.0/invoke/orders/method/x")
        {
            Headers = { { "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" } },
        });
        var span = await spans.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

        Assert.StartsWith("00-0af7651916cd43dd8448eb211c80319c-", traceParent);
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", span.GetProperty("traceId").GetString());
        Assert.Equal("b7ad6b7169203331", span.GetProperty("parentId").GetString());
        Assert.Equal($"00-0af7651916cd43dd8448eb211c80319c-{span.GetProperty("id").GetString()}-01", traceParent);
        Assert.Equal("SERVER", span.GetProperty("kind").GetString());
        Assert.Equal("orders", span.GetProperty("localEndpoint").GetProperty("serviceName").GetString());
        Assert.Equal("200", span.GetProperty("tags").GetProperty("dapr.status_code").GetString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task An_answer_names_the_trace_of_its_request_and_brings_its_baggage_back(double rate)
    {
        await using var app = await TestApp.StartAsync(_ => Task.CompletedTask);
        await using var fixture = await SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders", AppPort = app.Port }, new SidecarResources
        {
            Configuration = new ConfigurationSpec { SamplingRate = rate },
        });
        foreach (var path in (string[])["/v1.0/invoke/orders/method/x", "/v1.0/state/none/k", "/v1.0/metadata"])
        {
            var answer = await fixture.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, path)
            {
                Headers = { { "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" }, { "tracestate", "a=b" }, { "baggage", "k1=v1,k2=v2;p=1" } },
            });

            Assert.StartsWith("00-0af7651916cd43dd8448eb211c80319c-", answer.Headers.GetValues("traceparent").Single());
            Assert.Equal(rate == 0, answer.Headers.GetValues("traceparent").Single() == "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
            Assert.Equal("a=b", answer.Headers.GetValues("tracestate").Single());
            Assert.Equal("k1=v1,k2=v2;p=1", answer.Headers.GetValues("baggage").Single());
        }

        var bare = await fixture.Client.GetAsync("/v1.0/metadata");
        Assert.Equal((rate > 0, false), (bare.Headers.Contains("traceparent"), bare.Headers.Contains("baggage")));
        var refused = await fixture.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/v1.0/metadata") { Headers = { { "baggage", "invalid-baggage" } } });
        Assert.Equal(400, (int)refused.StatusCode);
        Assert.Contains("invalid baggage header", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Zipkin_that_does_not_take_spans_is_tried_again_after_twice_the_time_up_to_half_a_minute()
    {
        var attempts = Channel.CreateUnbounded<int>();
        var isAway = true;
        await using var zipkin = await TestApp.StartAsync(async context =>
        {
            using var spans = await JsonDocument.ParseAsync(context.Request.Body);
            context.Response.StatusCode = isAway ? 503 : 202;
            attempts.Writer.TryWrite(spans.RootElement.GetArrayLength());
        });
        await using var app = await TestApp.StartAsync(_ => Task.CompletedTask);
        var time = new SteppedTime();
        await using var fixture = await SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders", AppPort = app.Port }, new SidecarResources
        {
            Configuration = new ConfigurationSpec { SamplingRate = 1, ZipkinEndpoint = new Uri($"http://127.0.0.1:{zipkin.Port}/api/v2/spans") },
        }, time);

        foreach (var seconds in (double[])[0.5, 1, 2, 4, 8, 16, 30])
            await AttemptAsync(seconds);

        isAway = false;
        await AttemptAsync(30);
        await AttemptAsync(0.5);

        async Task AttemptAsync(double after)
        {
            await fixture.Client.GetAsync("/v1.0/invoke/orders/method/x");
            await time.WaitForTimerAsync(remaining => remaining == TimeSpan.FromSeconds(after)).WaitAsync(TimeSpan.FromSeconds(60));
            time.Advance(TimeSpan.FromSeconds(after));
            Assert.Equal(1, await attempts.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60)));
        }
    }

    [Fact]
    public async Task Without_sampling_an_app_still_gets_a_trace_id_that_is_not_sampled()
    {
        string? traceParent = null;
        await using var app = await TestApp.StartAsync(context =>
        {
            traceParent = context.Request.Headers["traceparent"];
            return Task.CompletedTask;
        });
        await using var fixture = await SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders", AppPort = app.Port });

        // A client whose own tracing is on would send a trace id of its own.
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        await client.GetAsync($"http://127.0.0.1:{fixture.Sidecar.HttpPort}/v1.0/invoke/orders/method/x");

        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-00$", traceParent);
    }
}
