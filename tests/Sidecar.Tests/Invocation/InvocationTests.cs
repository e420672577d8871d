using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;
using Sidecar.Tests.Hosting;
using static Sidecar.Tests.Hosting.SidecarFixture;

namespace Sidecar.Tests.Invocation;

public sealed class InvocationTests : IAsyncLifetime
{
    private TestApp _app = null!;
    private SidecarFixture _fixture = null!;
    private RequestDelegate _handler = context => context.Response.WriteAsync("ok");

    private HttpClient Client => _fixture.Client;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync(context => _handler(context));
        _fixture = await StartAsync(
        [
            new SidecarDefinition(new SidecarOptions { AppId = "front", ApiToken = null }, WithStore),
            new SidecarDefinition(new SidecarOptions { AppId = "orders", AppPort = _app.Port, AppToken = "app-secret" }, WithStore),
        ]);
    }

    public async Task DisposeAsync()
    {
        await _fixture.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    [InlineData("HEAD")]
    [InlineData("PROPFIND")]
    public async Task Every_verb_reaches_the_app_with_path_query_and_body(string verb)
    {
        string seen = "", body = "";
        _handler = async context =>
        {
            seen = $"{context.Request.Method} {context.Features.Get<IHttpRequestFeature>()!.RawTarget}";
            body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            context.Response.StatusCode = 202;
        };
        var hasBody = verb is "POST" or "PUT" or "PATCH";

        var answer = await Client.SendAsync(new HttpRequestMessage(new HttpMethod(verb), "/v1.0/invoke/orders/method/a%20b/c%2Fd?x=1&y=%26")
        {
            Content = hasBody ? new StringContent("hello") : null,
        });

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal($"{verb} /a%20b/c/d?x=1&y=%26", seen);
        Assert.Equal(hasBody ? "hello" : "", body);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(204)]
    [InlineData(304)]
    [InlineData(302)]
    [InlineData(404)]
    [InlineData(418)]
    [InlineData(503)]
    public async Task Status_headers_and_body_of_the_app_come_back_unchanged(int status)
    {
        _handler = async context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers["X-One"] = "1";
            context.Response.Headers["Set-Cookie"] = new[] { "a=1", "b=2" };
            context.Response.Headers.Location = "/elsewhere";
            if (status is not (204 or 304))
            {
                context.Response.ContentType = "text/plain; charset=utf-8";
                await context.Response.WriteAsync("the app's own words");
            }
        };

        var answer = await Client.GetAsync("/v1.0/invoke/orders/method/x");

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(["1"], answer.Headers.GetValues("X-One"));
        Assert.Equal(["a=1", "b=2"], answer.Headers.GetValues("Set-Cookie"));
        Assert.Equal("/elsewhere", answer.Headers.Location?.OriginalString);
        Assert.Equal(status is 204 or 304 ? "" : "the app's own words", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Headers_pass_but_tokens_and_hop_by_hop_headers_do_not_and_the_sidecars_are_named()
    {
        var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        _handler = context =>
        {
            foreach (var (name, value) in context.Request.Headers)
                seen[name] = value.ToString();
            return Task.CompletedTask;
        };

        await Client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/v1.0/invoke/orders/method/x")
        {
            Content = new StringContent("{}", Encoding.UTF8, "application/json"),
            Headers =
            {
                { "X-Custom", "kept" }, { "Authorization", "Bearer t" }, { "dapr-api-token", "callers" }, { "Connection", "X-Listed" }, { "X-Listed", "gone" },
                { "Keep-Alive", "5" }, { "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00" }, { "tracestate", "a=b" },
            },
        });

        Assert.Equal("kept", seen["X-Custom"]);
        Assert.Equal("Bearer t", seen["Authorization"]);
        Assert.Equal("application/json; charset=utf-8", seen["Content-Type"]);
        Assert.Equal("2", seen["Content-Length"]);
        Assert.Equal("app-secret", seen["dapr-api-token"]);
        Assert.Equal("front", seen["dapr-caller-app-id"]);
        Assert.Equal("orders", seen["dapr-callee-app-id"]);
        Assert.Equal("default", seen["dapr-caller-namespace"]);
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", seen["traceparent"]);
        Assert.Equal("a=b", seen["tracestate"]);
        Assert.Contains("X-Forwarded-For", seen.Keys);
        Assert.DoesNotContain("X-Listed", seen.Keys);
        Assert.DoesNotContain("Keep-Alive", seen.Keys);
    }

    [Fact]
    public async Task The_callee_may_be_named_by_a_header_by_credentials_or_with_its_namespace()
    {
        var seen = new List<string>();
        _handler = context =>
        {
            seen.Add($"{context.Request.GetEncodedPathAndQuery()} {context.Request.Headers["dapr-app-id"]}{context.Request.Headers.Authorization}");
            return Task.CompletedTask;
        };
        var credentials = "Basic " + Convert.ToBase64String("dapr-app-id:orders"u8);

        var byHeader = await Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/some/path?q=1") { Headers = { { "dapr-app-id", "orders" } } });
        var byCredentials = await Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/other") { Headers = { { "Authorization", credentials } } });
        var byNamespace = await Client.GetAsync("/v1.0/invoke/orders.default/method/third");
        var wrongNamespace = await Client.GetAsync("/v1.0/invoke/orders.elsewhere/method/third");

        Assert.All([byHeader, byCredentials, byNamespace], answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(["/some/path?q=1 ", $"/other {credentials}", "/third "], seen);
        Assert.Equal(HttpStatusCode.InternalServerError, wrongNamespace.StatusCode);
    }

    [Fact]
    public async Task An_unknown_route_without_an_app_id_is_a_404_in_Daprs_words()
    {
        var answer = await Client.GetAsync("/nothing/here");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("""{"errorCode":"ERR_DIRECT_INVOKE","message":"failed getting app id either from the URL path or the header dapr-app-id"}""", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_unknown_app_is_a_500_that_names_it()
    {
        var answer = await Client.GetAsync("/v1.0/invoke/nobody/method/x");

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("""{"errorCode":"ERR_DIRECT_INVOKE","message":"failed to invoke, id: nobody, err: couldn't find service: nobody"}""", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Extra_and_trailing_slashes_do_not_count()
    {
        var path = "";
        _handler = context =>
        {
            path = context.Request.Path;
            return Task.CompletedTask;
        };

        var answer = await Client.GetAsync($"http://127.0.0.1:{_fixture.Sidecar.HttpPort}//v1.0/invoke//orders/method//a//b/");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("/a/b", path);
    }

    [Fact]
    public async Task An_app_may_invoke_itself_and_its_root()
    {
        var path = "";
        _handler = context =>
        {
            path = context.Request.Path;
            return Task.CompletedTask;
        };

        var answer = await _fixture.ClientOf(1).GetAsync("/v1.0/invoke/orders/method/");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("/", path);
    }

    [Fact]
    public async Task A_request_body_reaches_the_app_as_it_is_sent()
    {
        var pieces = System.Threading.Channels.Channel.CreateUnbounded<string>();
        _handler = async context =>
        {
            var buffer = new byte[64];
            int read;
            while ((read = await context.Request.Body.ReadAsync(buffer)) > 0)
                pieces.Writer.TryWrite(Encoding.UTF8.GetString(buffer, 0, read));
        };
        var upload = new System.IO.Pipelines.Pipe();
        await upload.Writer.WriteAsync("first"u8.ToArray());

        var answer = Client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/v1.0/invoke/orders/method/upload") { Content = new FlushedContent(upload.Reader) });
        var first = await pieces.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        await upload.Writer.WriteAsync("second"u8.ToArray());
        var second = await pieces.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        await upload.Writer.CompleteAsync();

        Assert.Equal(["first", "second"], [first, second]);
        Assert.Equal(HttpStatusCode.OK, (await answer).StatusCode);
    }

    [Fact]
    public async Task Server_sent_events_reach_the_caller_as_they_are_written()
    {
        var goOn = new TaskCompletionSource();
        _handler = async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: 1\n\n");
            await context.Response.Body.FlushAsync();
            await goOn.Task;
            await context.Response.WriteAsync("data: 2\n\n");
        };

        using var answer = await Client.GetAsync("/v1.0/invoke/orders/method/events", HttpCompletionOption.ResponseHeadersRead).WaitAsync(TimeSpan.FromSeconds(60));
        var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var first = await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        goOn.SetResult();
        await lines.ReadLineAsync();
        var second = await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(["data: 1", "data: 2"], [first!, second!]);
    }

    [Fact]
    public async Task Large_bodies_arrive_whole()
    {
        _handler = context => context.Request.Body.CopyToAsync(context.Response.Body);
        var body = new byte[3 << 20];
        new Random(1).NextBytes(body);

        var answer = await Client.PostAsync("/v1.0/invoke/orders/method/echo", new ByteArrayContent(body));

        Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_011)]
    [InlineData(32_768)]
    [InlineData(32_769)]
    [InlineData(200_000)]
    public async Task An_answer_of_known_length_keeps_its_length_and_content(int length)
    {
        _handler = async context =>
        {
            context.Response.ContentLength = context.Request.ContentLength;
            await context.Request.Body.CopyToAsync(context.Response.Body);
        };
        var body = new byte[length];
        new Random(length).NextBytes(body);

        for (var i = 0; i < 3; i++)
        {
            var answer = await Client.PostAsync("/v1.0/invoke/orders/method/echo", new ByteArrayContent(body));

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(length, answer.Content.Headers.ContentLength);
            Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task Instances_of_an_app_take_turns_and_one_that_is_down_is_skipped()
    {
        await using var first = await TestApp.StartAsync(context => context.Response.WriteAsync("first"));
        await using var second = await TestApp.StartAsync(context => context.Response.WriteAsync("second"));
        await using var fixture = await StartAsync(
        [
            new SidecarDefinition(new SidecarOptions { AppId = "front" }, WithStore),
            new SidecarDefinition(new SidecarOptions { AppId = "orders", AppPort = first.Port }, WithStore),
            new SidecarDefinition(new SidecarOptions { AppId = "orders", AppPort = second.Port }, WithStore),
        ]);

        var turns = new[] { await AskAsync(), await AskAsync(), await AskAsync(), await AskAsync() };
        await first.DisposeAsync();
        var without = new[] { await AskAsync(), await AskAsync(), await AskAsync() };

        Assert.Equal(2, turns.Count(t => t == "first"));
        Assert.Equal(2, turns.Count(t => t == "second"));
        Assert.All(without, answer => Assert.Equal("second", answer));

        Task<string> AskAsync() => fixture.Client.GetStringAsync("/v1.0/invoke/orders/method/who");
    }

    [Fact]
    public async Task An_HTTP_endpoint_is_invoked_by_name_with_its_headers_and_by_its_address()
    {
        var seen = new List<string>();
        await using var provider = await TestApp.StartAsync(context =>
        {
            seen.Add($"{context.Request.Path}{context.Request.QueryString} {context.Request.Headers["X-Key"]} {context.Request.Headers["dapr-caller-app-id"]}");
            return context.Response.WriteAsync("paid");
        });
        await using var fixture = await StartAsync(new SidecarOptions { AppId = "payments" }, new SidecarResources
        {
            HttpEndpoints = [new HttpEndpoint("provider", new Uri($"http://127.0.0.1:{provider.Port}/api"), new Dictionary<string, string> { ["X-Key"] = "k" }, [], SourceLocation.Code)],
        });
        var escaped = Uri.EscapeDataString($"http://127.0.0.1:{provider.Port}");

        Assert.Equal("paid", await fixture.Client.GetStringAsync("/v1.0/invoke/provider/method/charge?x=1"));
        Assert.Equal("paid", await fixture.Client.GetStringAsync($"/v1.0/invoke/{escaped}/method/charge"));
        Assert.Equal("paid", await fixture.Client.GetStringAsync($"/v1.0/invoke/http://127.0.0.1:{provider.Port}/method/charge"));
        Assert.Equal(["/api/charge?x=1 k ", "/charge  ", "/charge  "], seen);
    }

    [Fact]
    public async Task An_app_that_fails_in_the_middle_of_its_answer_breaks_the_callers_connection()
    {
        _handler = async context =>
        {
            context.Response.ContentLength = 100_000;
            await context.Response.Body.WriteAsync(new byte[50_000]);
            await context.Response.Body.FlushAsync();
            context.Abort();
        };

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => Client.GetByteArrayAsync("/v1.0/invoke/orders/method/x"));
    }

    /// <summary>Sends each piece when it comes; the client's own stream content waits for more.</summary>
    private sealed class FlushedContent(System.IO.Pipelines.PipeReader reader) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            while (true)
            {
                var read = await reader.ReadAsync();
                foreach (var segment in read.Buffer)
                    await stream.WriteAsync(segment);
                await stream.FlushAsync();
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    return;
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
