using System.Net.Sockets;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Tests.Hosting;

public sealed class RequestFuzzTests : IAsyncLifetime
{
    private static readonly string[] s_pieces =
    [
        "/", "//", "/v1.0", "/invoke", "/method", "/state", "/store", "/metadata", "/secrets", "/http://127.0.0.1:1", "/%2F", "%", "%zz", "%00", "%25", "%C3%28",
        "?", "metadata.", "=", "&", ".", "..", ";", ":", "@", "\"", "<", "{", "|", "\\", "^", "orders", "store", "dapr", "bulk", "é",
    ];

    private SidecarFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders" });

    public Task DisposeAsync() => _fixture.DisposeAsync().AsTask();

    [Fact]
    public void Whatever_the_request_line_the_answer_is_HTTP_and_never_an_unforeseen_failure()
    {
        var targets = Gen.Elements(s_pieces).ListOf().Select(pieces => "/" + string.Concat(pieces));
        var verbs = Gen.Elements("GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "BREW");
        var bodies = Gen.Elements("", "{}", "[]", "[{", "null", "[null]", "[{\"key\":1}]", "{\"operations\":[null]}", "{\"keys\":[null]}", "\u0001");

        Prop.ForAll(Arb.From(Gen.Zip(Gen.Zip(verbs, targets), bodies)), request =>
        {
            var ((verb, target), body) = request;
            var answer = Ask(verb, target, body);
            return answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && !answer.Contains("\"errorCode\":\"ERROR\"", StringComparison.Ordinal);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Theory]
    [InlineData("[null]")]
    [InlineData("null")]
    [InlineData("[{\"key\":1}]")]
    public void Odd_JSON_is_a_bad_request(string body) => Assert.StartsWith("HTTP/1.1 400 ", Ask("POST", "/v1.0/state/store", body));

    [Theory]
    [InlineData("{\"operations\":[null]}")]
    [InlineData("{\"operations\":[{\"operation\":\"upsert\"}]}")]
    [InlineData("null")]
    public void An_odd_transaction_is_a_bad_request(string body) => Assert.StartsWith("HTTP/1.1 400 ", Ask("POST", "/v1.0/state/store/transaction", body));

    [Theory]
    [InlineData("/v1.0-alpha1/lock/store")]
    [InlineData("/v1.0-alpha1/unlock/store")]
    [InlineData("/v1.0-alpha1/subtlecrypto/keys/getkey")]
    public void A_message_that_is_no_JSON_is_a_bad_request_and_no_body_is_an_empty_message(string path)
    {
        var broken = Ask("POST", path, "{x");
        var empty = Ask("POST", path, "");

        Assert.StartsWith("HTTP/1.1 400 ", broken);
        Assert.Contains("ERR_MALFORMED_REQUEST", broken);
        Assert.DoesNotContain("\"errorCode\":\"ERROR\"", empty);
        Assert.DoesNotContain("failed deserializing", empty);
    }

    [Fact]
    public void A_bulk_read_of_an_empty_key_finds_nothing() => Assert.StartsWith("HTTP/1.1 200 ", Ask("POST", "/v1.0/state/store/bulk", "{\"keys\":[null]}"));

    [Fact]
    public void A_target_in_absolute_form_is_the_path_after_its_host() =>
        Assert.StartsWith("HTTP/1.1 200 ", Ask("GET", $"http://127.0.0.1:{_fixture.Sidecar.HttpPort}/v1.0/metadata", ""));

    private string Ask(string verb, string target, string body)
    {
        using var client = new TcpClient();
        client.Connect(System.Net.IPAddress.Loopback, _fixture.Sidecar.HttpPort);
        client.ReceiveTimeout = 10_000;
        var bytes = Encoding.UTF8.GetBytes(body);
        var host = $"127.0.0.1:{_fixture.Sidecar.HttpPort}";
        client.Client.Send(Encoding.UTF8.GetBytes($"{verb} {target} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {bytes.Length}\r\nConnection: close\r\n\r\n"));
        client.Client.Send(bytes);
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
