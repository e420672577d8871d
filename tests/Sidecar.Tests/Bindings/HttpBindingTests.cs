using System.Net;
using System.Text;
using System.Text.Json;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Sidecar.Testing;

namespace Sidecar.Tests.Bindings;

/// <summary>Calls of <c>bindings.http</c> through both APIs.</summary>
public sealed class HttpBindingTests : IAsyncLifetime
{
    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private Answering _outside = null!;
    private TestSidecar _sidecar = null!;

    public async Task InitializeAsync()
    {
        _outside = await Answering.StartAsync(0);
        _sidecar = await TestSidecar.For("shop").WithoutApp()
            .WithComponent("partner", "bindings.http", ("url", _outside.Address + "api"), ("securityToken", "s3cret"), ("securityTokenHeader", "X-Key"), ("maxResponseBodySize", "1Ki"))
            .StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _sidecar.DisposeAsync();
        await _outside.DisposeAsync();
    }

    [Fact]
    public async Task Data_goes_out_as_JSON_and_the_answer_comes_back_with_its_status_and_headers()
    {
        _outside.Answer = http =>
        {
            http.Response.StatusCode = 201;
            http.Response.Headers["X-Answer"] = "yes";
            return http.Response.WriteAsync("""{"taken":true}""");
        };
        using var response = await InvokeAsync("""{"operation":"create","data":{"order":1},"metadata":{"path":"/orders?x=1","X-Custom":"a","lower":"stays"}}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"taken":true}""", await response.Content.ReadAsStringAsync());
        Assert.Equal(["201", "yes"], [Header(response, "metadata.statusCode"), Header(response, "metadata.X-Answer")]);
        Assert.Equal("201 Created", Header(response, "metadata.status"));

        var came = await _outside.NextAsync();
        Assert.Equal(("POST", "/api/orders?x=1", """{"order":1}"""), (came.Method, came.Path, came.Body));
        Assert.Equal("application/json; charset=utf-8", came.Headers.ContentType);
        Assert.Equal(["a", "s3cret", ""], [came.Headers["X-Custom"].ToString(), came.Headers["X-Key"].ToString(), came.Headers["lower"].ToString()]);
        Assert.Equal(Trace, came.Headers["traceparent"]);
    }

    [Theory]
    [InlineData("get", "GET")]
    [InlineData("head", "HEAD")]
    [InlineData("put", "PUT")]
    [InlineData("patch", "PATCH")]
    [InlineData("delete", "DELETE")]
    [InlineData("options", "OPTIONS")]
    public async Task An_operation_is_a_verb(string operation, string verb)
    {
        using var response = await InvokeAsync($$"""{"operation":"{{operation}}","data":"text"}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var came = await _outside.NextAsync();
        Assert.Equal((verb, verb is "PUT" or "PATCH" ? "\"text\"" : ""), (came.Method, came.Body));
    }

    [Fact]
    public async Task A_bad_status_is_an_error_that_still_tells_it_unless_the_request_wants_none()
    {
        _outside.Answer = http =>
        {
            http.Response.StatusCode = 418;
            return Task.CompletedTask;
        };
        using var refused = await InvokeAsync("""{"operation":"get"}""");
        Assert.Equal(HttpStatusCode.InternalServerError, refused.StatusCode);
        Assert.Equal("418", Header(refused, "metadata.statusCode"));
        Assert.Equal(
            """{"errorCode":"ERR_INVOKE_OUTPUT_BINDING","message":"error invoking output binding partner: received status code 418"}""", await refused.Content.ReadAsStringAsync());

        using var taken = await InvokeAsync("""{"operation":"get","metadata":{"errorIfNot2XX":"false"}}""");
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        Assert.Equal("418", Header(taken, "metadata.statusCode"));
    }

    [Fact]
    public async Task Over_gRPC_bytes_go_out_as_they_are()
    {
        _outside.Answer = http => http.Response.WriteAsync(new string('x', 2000));
        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{_sidecar.GrpcPort}"));
        var answer = await channel.UnaryAsync(
            DaprMethods.InvokeBinding, new InvokeBindingRequest { Name = "partner", Operation = "post", Data = ByteString.CopyFromUtf8("no json"), Metadata = { ["Content-Type"] = "text/plain" } });
        Assert.Equal("200", answer.Metadata["statusCode"]);
        // More than maxResponseBodySize is not read.
        Assert.Equal(1024, answer.Data.Length);
        var came = await _outside.NextAsync();
        Assert.Equal(("no json", "text/plain"), (came.Body, came.Headers.ContentType.ToString()));
    }

    [Theory]
    [InlineData("partner", """{"data":1}""", "operation field is missing from request")]
    [InlineData("partner", """{"operation":"list"}""", "binding partner does not support operation list. supported operations:create get head post put patch delete options trace")]
    [InlineData("other", """{"operation":"get"}""", "couldn't find output binding other")]
    public async Task What_cannot_be_done_is_refused_in_Daprs_words(string binding, string body, string reason)
    {
        using var response = await InvokeAsync(body, binding);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        var error = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(("ERR_INVOKE_OUTPUT_BINDING", $"error invoking output binding {binding}: {reason}"), (error.GetProperty("errorCode").GetString(), error.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task A_body_that_is_no_JSON_is_malformed()
    {
        using var response = await InvokeAsync("{");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("ERR_MALFORMED_REQUEST", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> InvokeAsync(string body, string binding = "partner")
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        content.Headers.TryAddWithoutValidation("traceparent", Trace);
        return await _sidecar.Http.PostAsync(new Uri($"v1.0/bindings/{binding}", UriKind.Relative), content);
    }

    private static string Header(HttpResponseMessage response, string name) => string.Join(", ", response.Headers.GetValues(name));
}
