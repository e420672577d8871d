using System.Net;
using System.Net.Http.Json;

namespace Platform.Tests;

/// <summary>
/// With DAPR_API_TOKEN and APP_API_TOKEN set, nobody gets past the doors without a token. That orders still reach every end is shown by the scenarios: they run on this same platform.
/// </summary>
[Collection(OneReplica.Collection)]
public sealed class TokenTests(OneReplica fixture) : IDisposable
{
    private readonly HttpClient _http = new();

    [Fact]
    public async Task A_sidecar_refuses_calls_without_its_token()
    {
        var sidecar = fixture.Platform.Instance("gateway").HttpPort;

        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(sidecar, "/v1.0/invoke/inventory/method/stock"));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(sidecar, "/v1.0/invoke/inventory/method/stock", fixture.AppToken));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(sidecar, "/v1.0/invoke/inventory/method/stock", fixture.ApiToken));
    }

    [Theory]
    [InlineData("catalog")]
    [InlineData("ordering")]
    [InlineData("inventory")]
    [InlineData("payments")]
    [InlineData("shipping")]
    [InlineData("notifications")]
    [InlineData("order-saga")]
    public async Task A_service_refuses_calls_that_do_not_come_from_its_sidecar(string appId)
    {
        var service = fixture.Platform.Instance(appId).AppPort;

        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(service, "/dapr/subscribe"));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(service, "/dapr/subscribe", fixture.ApiToken));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(service, "/dapr/subscribe", fixture.AppToken));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(service, "/healthz"));
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpStatusCode> GetAsync(int port, string path, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{port}{path}"));
        if (token is not null)
        {
            request.Headers.Add("dapr-api-token", token);
        }

        using var response = await _http.SendAsync(request);
        return response.StatusCode;
    }
}
