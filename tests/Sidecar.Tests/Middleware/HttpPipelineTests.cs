using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Sidecar.Components.BearerMiddleware;
using Sidecar.Components.RateLimitMiddleware;
using Sidecar.Components.UppercaseMiddleware;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;
using Sidecar.Tests.Hosting;

namespace Sidecar.Tests.Middleware;

/// <summary>What stands before the HTTP API, by <c>httpPipeline</c> of a Configuration.</summary>
public sealed class HttpPipelineTests
{
    private const string Issuer = "https://issuer.example";

    private readonly SteppedTime _time = new();

    [Fact]
    public async Task Uppercase_changes_what_arrives()
    {
        await using var host = await StartAsync(new Component { Name = "loud", Type = "middleware.http.uppercase" });
        using var client = Client(host);

        var answer = await client.PutAsync("/v1.0/metadata/word", new StringContent("quiet"));

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Contains("\"word\":\"QUIET\"", await client.GetStringAsync("/v1.0/metadata"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_is_limited_to_so_many_requests_a_second_and_another_path_is_not_touched()
    {
        await using var host = await StartAsync(Component("limit", "middleware.http.ratelimit", ("maxRequestsPerSecond", "2")));
        using var client = Client(host);

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], [await GetAsync("/v1.0/metadata"), await GetAsync("/v1.0/metadata"), await GetAsync("/v1.0/metadata")]);
        Assert.Equal(HttpStatusCode.NoContent, await GetAsync("/v1.0/healthz/outbound"));
        _time.Advance(TimeSpan.FromSeconds(0.6));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.TooManyRequests], [await GetAsync("/v1.0/metadata"), await GetAsync("/v1.0/metadata")]);

        async Task<HttpStatusCode> GetAsync(string path) => (await client.GetAsync(path)).StatusCode;
    }

    [Fact]
    public async Task Only_a_token_of_the_issuer_for_the_audience_and_in_its_time_passes()
    {
        using var rsa = RSA.Create(2048);
        var key = new RsaSecurityKey(rsa) { KeyId = "k1" };
        var jwk = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(rsa.ExportParameters(false)) { KeyId = "k1" });
        await using var keys = await TestApp.StartAsync(context => context.Response.WriteAsJsonAsync(new { keys = new[] { new { kty = "RSA", kid = jwk.Kid, n = jwk.N, e = jwk.E, use = "sig" } } }));
        await using var host = await StartAsync(Component("tokens", "middleware.http.bearer", ("issuer", Issuer), ("audience", "shop"), ("jwksURL", $"http://127.0.0.1:{keys.Port}/keys")));
        using var client = Client(host);

        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(null));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync("Bearer nonsense"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync($"Bearer {Token(Issuer, "shop", TimeSpan.FromMinutes(1))}"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync($"bearer {Token(Issuer, "shop", TimeSpan.FromMinutes(-4))}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync($"Bearer {Token(Issuer, "shop", TimeSpan.FromMinutes(-6))}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync($"Bearer {Token(Issuer, "bank", TimeSpan.FromMinutes(1))}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync($"Bearer {Token("https://other.example", "shop", TimeSpan.FromMinutes(1))}"));

        string Token(string issuer, string audience, TimeSpan lifetime)
        {
            var expires = _time.GetUtcNow().UtcDateTime + lifetime;
            return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
            {
                Issuer = issuer,
                Audience = audience,
                NotBefore = expires.AddHours(-1),
                IssuedAt = expires.AddHours(-1),
                Expires = expires,
                SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.RsaSha256),
            });
        }

        async Task<HttpStatusCode> GetAsync(string? authorization)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1.0/metadata");
            if (authorization is not null)
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
            return (await client.SendAsync(request)).StatusCode;
        }
    }

    [Fact]
    public async Task A_handler_without_its_component_stops_the_start_and_is_named()
    {
        var error = await Assert.ThrowsAsync<SidecarStartException>(() => StartAsync([], [new PipelineHandler("none", "middleware.http.uppercase", new SourceLocation("c.yaml", 7))]));

        Assert.Contains("c.yaml:7: spec.httpPipeline: there is no component 'none' of type middleware.http.uppercase", error.Message, StringComparison.Ordinal);
    }

    private static Component Component(string name, string type, params (string Key, string Value)[] metadata) =>
        new() { Name = name, Type = type, Metadata = metadata.ToDictionary(item => item.Key, item => item.Value, StringComparer.OrdinalIgnoreCase) };

    private static HttpClient Client(SidecarHost host) => new() { BaseAddress = new Uri($"http://127.0.0.1:{host.Sidecars[0].HttpPort}") };

    private Task<SidecarHost> StartAsync(Component component) => StartAsync([component], [new PipelineHandler(component.Name, component.Type, new SourceLocation("c.yaml", 7))]);

    private Task<SidecarHost> StartAsync(IReadOnlyList<Component> components, IReadOnlyList<PipelineHandler> pipeline) => SidecarHost.StartAsync(new SidecarHostOptions
    {
        Sidecars = [new SidecarDefinition(new SidecarOptions { AppId = "orders" }, new SidecarResources { Components = components, Configuration = new ConfigurationSpec { HttpPipeline = pipeline } })],
        Factories = [new UppercaseMiddlewareFactory(), new RateLimitMiddlewareFactory(), new BearerMiddlewareFactory()],
        SchedulerStore = new DictionaryStateStore(TimeProvider.System),
        Time = _time,
        HostDirectory = AppContext.BaseDirectory,
    });
}
