using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Platform.Tests;

/// <summary>What the Gateway refuses, and that it says so as a problem that names the field.</summary>
[Collection(OneReplica.Collection)]
public sealed class BadInputTests(OneReplica fixture) : IDisposable
{
    private const string Address = """{"name":"A","street":"1 High Street","city":"Town","postcode":"AB1 2CD","country":"UK"}""";

    private readonly Shop _shop = new(fixture.Platform);

    public void Dispose() => _shop.Dispose();

    [Theory]
    [InlineData("""[{"sku":"NO-SUCH-THING","quantity":1}]""", "lines[0].sku")]
    [InlineData("""[{"sku":"X","quantity":0}]""", "quantity")]
    [InlineData("""[{"sku":"X","quantity":-1}]""", "quantity")]
    [InlineData("""[{"sku":"X","quantity":2000000000}]""", "quantity")]
    [InlineData("[]", "lines")]
    [InlineData("null", "lines")]
    public async Task Lines_that_cannot_be_ordered_are_refused_by_field(string lines, string field)
    {
        using var response = await PostAsync($$"""{"customerId":"me","paymentMethod":"card","shipTo":{{Address}},"lines":{{lines}}}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(field, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"customerId": """, "application/json", HttpStatusCode.BadRequest)]
    [InlineData("", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("customerId=me", "application/x-www-form-urlencoded", HttpStatusCode.UnsupportedMediaType)]
    public async Task A_body_that_is_no_order_is_refused(string body, string contentType, HttpStatusCode expected)
    {
        using var response = await PostAsync(body, contentType);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task An_oversized_body_is_refused()
    {
        using var response = await PostAsync($$"""{"customerId":"{{new string('x', 2_000_000)}}"}""");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task An_unknown_order_is_not_found()
    {
        using var response = await _shop.Http.GetAsync(_shop.Gateway("/orders/ord-none"));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("forged.by.me")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9.")]
    public async Task Without_a_good_token_nobody_approves(string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _shop.Gateway("/orders/ord-none/approval"));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);

        using var response = await _shop.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    private Task<HttpResponseMessage> PostAsync(string body, string contentType = "application/json") =>
        _shop.Http.PostAsync(_shop.Gateway("/orders"), new StringContent(body, Encoding.UTF8, contentType));
}
