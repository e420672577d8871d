using System.Net;
using System.Net.Http.Json;

namespace Platform.Tests;

/// <summary>Who is not meant to call is refused. That everybody else gets through is shown by the scenarios: they run on this same platform, under the access control of k8s/base.</summary>
[Collection(OneReplica.Collection)]
public sealed class AccessTests(OneReplica fixture) : IDisposable
{
    private readonly HttpClient _http = new();

    [Theory]
    [InlineData("baskets", "payments", "payments/views")]
    [InlineData("gateway", "payments", "payments/some-order/capture")]
    [InlineData("order-saga", "catalog", "products")]
    [InlineData("ordering", "gateway", "orders")]
    [InlineData("gateway", "order-saga", "anything")]
    public async Task A_call_that_no_rule_allows_is_refused_by_the_callees_sidecar(string caller, string callee, string path)
    {
        var sidecar = fixture.Platform.Instance(caller).HttpPort;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://127.0.0.1:{sidecar}/v1.0/invoke/{callee}/method/{path}")) { Content = JsonContent.Create(Array.Empty<string>()) };
        request.Headers.Add("dapr-api-token", fixture.ApiToken);

        using var response = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains($"access control policy has denied access to appid: {caller}", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    public void Dispose() => _http.Dispose();
}
