using System.Net;
using System.Text.Json;
using Sidecar.Runtime.Hosting;
using static Sidecar.Tests.Hosting.SidecarFixture;

namespace Sidecar.Tests.Hosting;

/// <summary>What the HTTP API takes for one of its own paths; everything else is invocation by header, or unknown.</summary>
public sealed class RoutingTests : IAsyncLifetime
{
    private SidecarFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await StartAsync(new SidecarOptions { AppId = "orders" });

    public Task DisposeAsync() => _fixture.DisposeAsync().AsTask();

    [Theory]
    [InlineData("GET", "/v1.0/METADATA")]
    [InlineData("GET", "/V1.0/metadata")]
    [InlineData("GET", "/v1.0/State/store/a")]
    [InlineData("PATCH", "/v1.0/state/store")]
    [InlineData("HEAD", "/v1.0/state/store/a")]
    [InlineData("PUT", "/v1.0/jobs/a")]
    [InlineData("PUT", "/v1.0-alpha1/lock/a")]
    [InlineData("GET", "/v1.0/shutdown")]
    public async Task Another_spelling_or_verb_is_an_unknown_path(string verb, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), path);
        var answer = await _fixture.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        if (verb != "HEAD")
            Assert.Contains("ERR_DIRECT_INVOKE", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a%20b", "a b")]
    [InlineData("a+b", "a b")]
    [InlineData("a%2Bb", "a+b")]
    [InlineData("a%2Fb", "a/b")]
    public async Task A_parameter_of_a_route_is_read_as_one_of_a_query(string inPath, string key)
    {
        await _fixture.Client.PutAsync(new Uri($"http://127.0.0.1:{_fixture.Sidecar.HttpPort}/v1.0/metadata/{inPath}"), new StringContent("here"));

        using var metadata = JsonDocument.Parse(await _fixture.Client.GetStringAsync("/v1.0/metadata"));

        Assert.Equal("here", metadata.RootElement.GetProperty("extended").GetProperty(key).GetString());
    }

    [Theory]
    [InlineData("/v1.0/metadata")]
    [InlineData("//v1.0//metadata/")]
    public async Task Slashes_do_not_matter(string path)
    {
        var answer = await _fixture.Client.GetAsync(new Uri($"http://127.0.0.1:{_fixture.Sidecar.HttpPort}{path}"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
