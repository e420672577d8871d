using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sidecar.Runtime.Hosting;
using Sidecar.Tests.Hosting;

namespace Sidecar.Tests.Invocation;

public sealed class InvocationPathTests : IAsyncLifetime
{
    private TestApp _app = null!;
    private SidecarFixture _fixture = null!;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync(context => context.Response.WriteAsync(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget + "|" + context.Request.Headers.Authorization));
        _fixture = await SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders", AppPort = _app.Port });
    }

    public async Task DisposeAsync()
    {
        await _fixture.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("a/b", "/a/b")]
    [InlineData("a%20b", "/a%20b")]
    [InlineData("a%2Fb", "/a/b")]
    [InlineData("%C3%A4", "/%C3%A4")]
    [InlineData("%FF", "/%FF")]
    [InlineData("a%22b", "/a%22b")]
    [InlineData("a%2Ab", "/a*b")]
    [InlineData("a*b%20c", "/a%2Ab%20c")]
    [InlineData("a%5Cb", "/a%5Cb")]
    [InlineData("a%2541", "/a%41")]
    [InlineData("a;b=c:d@e+f!$&'()", "/a;b=c:d@e+f!$&'()")]
    [InlineData("admin/../public", "/public")]
    [InlineData("admin%2F..%2Fpublic", "/public")]
    [InlineData("../../public/./x", "/public/x")]
    [InlineData(".well-known/x", "/.well-known/x")]
    [InlineData("/foo//bar//", "/foo/bar")]
    [InlineData("configuration/x/", "/configuration/x")]
    [InlineData("", "/")]
    [InlineData("a?b=%2F&c=..", "/a?b=%2F&c=..")]
    public void The_app_gets_the_method_decoded_cleaned_and_escaped_again(string method, string seen)
    {
        Assert.Equal(seen + "|", BodyOf(Ask($"/v1.0/invoke/orders/method/{method}")));
        Assert.Equal(seen + "|", BodyOf(Ask($"/{method}", "dapr-app-id: orders\r\n")));
    }

    [Theory]
    [InlineData("/v1.0////invoke/orders/method/foo")]
    [InlineData("/v1.0//invoke//orders/method//foo")]
    [InlineData("//v1.0/invoke/orders/method/foo")]
    [InlineData("/v1.0/invoke/orders%2Fmethod%2Ffoo")]
    public void Slashes_of_the_path_form_may_be_several_or_escaped(string target) => Assert.Equal("/foo|", BodyOf(Ask(target)));

    [Theory]
    [InlineData("a%23b", "rpc error: code = InvalidArgument desc = invalid method: method contains forbidden character: \"a#b\"")]
    [InlineData("a%3Fb", "rpc error: code = InvalidArgument desc = invalid method: method contains forbidden character: \"a?b\"")]
    [InlineData("acme%1Fb", "rpc error: code = InvalidArgument desc = invalid method: method contains control character at position 4: \"acme\\x1fb\"")]
    [InlineData("a%0Db", "rpc error: code = InvalidArgument desc = invalid method: method contains control character at position 1: \"a\\rb\"")]
    [InlineData("a%25st", "error invoking app channel: no address for the method \"a%st\": invalid URL escape")]
    public void A_method_with_characters_that_end_a_path_is_refused(string method, string problem)
    {
        var answer = Ask($"/v1.0/invoke/orders/method/{method}");

        Assert.StartsWith("HTTP/1.1 500 ", answer);
        using var error = JsonDocument.Parse(BodyOf(answer));
        Assert.Equal("ERR_DIRECT_INVOKE", error.RootElement.GetProperty("errorCode").GetString());
        Assert.Equal($"failed to invoke, id: orders, err: {problem}", error.RootElement.GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("/v1.0/invoke/orders/method/a%zz")]
    [InlineData("/v1.0/state/store/a%2")]
    public void A_broken_escape_is_no_request(string target)
    {
        var answer = Ask(target);

        Assert.StartsWith("HTTP/1.1 400 ", answer);
        Assert.Equal("400 Bad Request", BodyOf(answer));
    }

    [Theory]
    [InlineData("/v1.0/invoke/orders/method")]
    [InlineData("/v1.0/invoke/orders/foo")]
    [InlineData("/v1.0/invoke//method/foo")]
    [InlineData("/v1.0/invoke")]
    public void A_path_without_app_id_or_method_segment_is_not_found(string target)
    {
        var answer = Ask(target);

        Assert.StartsWith("HTTP/1.1 404 ", answer);
        Assert.Contains("failed getting app id either from the URL path or the header dapr-app-id", answer);
    }

    [Fact]
    public void The_header_decides_before_the_path() =>
        Assert.Equal("/v1.0/invoke/other/method/x|", BodyOf(Ask("/v1.0/invoke/other/method/x", "dapr-app-id: orders\r\n")));

    [Fact]
    public void Credentials_that_name_an_app_go_on_to_it()
    {
        var credentials = "Basic " + Convert.ToBase64String("dapr-app-id:orders"u8);

        Assert.Equal($"/x|{credentials}", BodyOf(Ask("/x", $"Authorization: {credentials}\r\n")));
    }

    [Theory]
    [InlineData("a%2Fb", "/a%2Fb")]
    [InlineData("admin/../public", "/public")]
    [InlineData("/a//b/", "/a/b")]
    [InlineData("a b", "/a%20b")]
    public async Task Over_gRPC_escapes_are_the_methods_own(string method, string seen)
    {
        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{_fixture.Sidecar.GrpcPort}"));

        var answer = await channel.UnaryAsync(DaprMethods.InvokeService, Invoke(method));

        Assert.Equal(seen + "|", answer.Data.Value.ToStringUtf8());
    }

    [Theory]
    [InlineData("a?b=c")]
    [InlineData("a#b")]
    [InlineData("a\u0001")]
    public async Task Over_gRPC_such_characters_are_refused_too(string method)
    {
        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{_fixture.Sidecar.GrpcPort}"));

        var error = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(DaprMethods.InvokeService, Invoke(method)));

        Assert.Equal(GrpcStatusCode.Internal, error.StatusCode);
        Assert.StartsWith("failed to invoke, id: orders, err: rpc error: code = InvalidArgument desc = invalid method: ", error.Detail);
    }

    private static InvokeServiceRequest Invoke(string method) =>
        new() { Id = "orders", Message = new InvokeRequest { Method = method, HttpExtension = new HTTPExtension { Verb = HTTPExtension.Types.Verb.Get } } };

    private static string BodyOf(string answer) => answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..].Trim();

    /// <summary>Sends a request line as it stands: a client would clean it first.</summary>
    private string Ask(string target, string headers = "")
    {
        using var client = new TcpClient();
        client.Connect(IPAddress.Loopback, _fixture.Sidecar.HttpPort);
        client.Client.Send(Encoding.UTF8.GetBytes($"GET {target} HTTP/1.0\r\nHost: orders\r\n{headers}\r\n"));
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
