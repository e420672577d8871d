using System.Net;
using System.Text;
using System.Text.Json;
using Conformance;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Sidecar.Runtime.Resources;
using Sidecar.Servers;
using Sidecar.Testing;

namespace Components.Tests.PostgreSql;

/// <summary>Dapr's alpha query over the documents of <c>state.postgresql</c> v1, through both APIs.</summary>
[NeedsServer("postgresql")]
public sealed class PostgreSqlQueryTests(SharedServer<PostgreSqlServer> server) : IClassFixture<SharedServer<PostgreSqlServer>>, IAsyncLifetime
{
    private PostgreSqlPlace _place = null!;
    private TestSidecar _sidecar = null!;

    public async Task InitializeAsync()
    {
        if (PostgreSqlServer.Missing is not null)
            return;
        _place = new PostgreSqlPlace(server.Server);
        _sidecar = await StartAsync("v1", _place);
        await SaveAsync("""
            [{"key":"1","value":{"name":"Ada","age":36,"vip":true,"home":{"city":"London"}}},
             {"key":"2","value":{"name":"Bob","age":25,"home":{"city":"Leeds"}}},
             {"key":"3","value":{"name":"Cyd","age":57,"home":{"city":"London"}}},
             {"key":"4","value":{"name":"O'Hara","age":41,"home":{"city":"York"}}}]
            """);
    }

    public async Task DisposeAsync()
    {
        if (_sidecar is not null)
            await _sidecar.DisposeAsync();
        if (_place is not null)
            await _place.DisposeAsync();
    }

    [ConformanceTheory]
    [InlineData("""{}""", "1 2 3 4")]
    [InlineData("""{"filter":{"EQ":{"home.city":"London"}}}""", "1 3")]
    [InlineData("""{"filter":{"EQ":{"age":25}}}""", "2")]
    [InlineData("""{"filter":{"EQ":{"vip":true}}}""", "1")]
    [InlineData("""{"filter":{"EQ":{"name":"O'Hara"}}}""", "4")]
    [InlineData("""{"filter":{"NEQ":{"home.city":"London"}}}""", "2 4")]
    [InlineData("""{"filter":{"GT":{"age":36}}}""", "3 4")]
    [InlineData("""{"filter":{"GTE":{"age":36}}}""", "1 3 4")]
    [InlineData("""{"filter":{"LT":{"age":36}}}""", "2")]
    [InlineData("""{"filter":{"LTE":{"age":36}}}""", "1 2")]
    [InlineData("""{"filter":{"IN":{"home.city":["Leeds","York"]}}}""", "2 4")]
    [InlineData("""{"filter":{"AND":[{"EQ":{"home.city":"London"}},{"OR":[{"EQ":{"age":57}},{"EQ":{"age":25}}]}]}}""", "3")]
    [InlineData("""{"filter":{"EQ":{"it's":"here"}}}""", "")]
    public async Task A_filter_picks_documents_by_their_fields(string query, string keys)
    {
        using var response = await QueryAsync(query);
        Assert.Equal(keys, string.Join(' ', (await KeysAsync(response)).Order(StringComparer.Ordinal)));
        Assert.Equal(keys.Length == 0 ? HttpStatusCode.NoContent : HttpStatusCode.OK, response.StatusCode);
    }

    [ConformanceFact]
    public async Task Pages_follow_each_other_in_the_order_asked_for()
    {
        using var first = await QueryAsync("""{"sort":[{"key":"home.city"},{"key":"name","order":"DESC"}],"page":{"limit":3}}""");
        var page = await JsonAsync(first);
        Assert.Equal(["2", "3", "1"], page.GetProperty("results").EnumerateArray().Select(item => item.GetProperty("key").GetString()));
        Assert.Equal("3", page.GetProperty("token").GetString());
        using var second = await QueryAsync("""{"sort":[{"key":"home.city"},{"key":"name","order":"DESC"}],"page":{"limit":3,"token":"3"}}""");
        Assert.Equal(["4"], await KeysAsync(second));
    }

    [ConformanceFact]
    public async Task Over_gRPC_documents_come_with_their_ETag_and_without_the_prefix_of_the_app()
    {
        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{_sidecar.GrpcPort}"));
        var answer = await channel.UnaryAsync(DaprMethods.QueryStateAlpha1, new QueryStateRequest { StoreName = "store", Query = """{"filter":{"EQ":{"name":"Bob"}}}""" });
        var item = Assert.Single(answer.Results);
        Assert.Equal("2", item.Key);
        Assert.Equal("Leeds", JsonDocument.Parse(item.Data.Memory).RootElement.GetProperty("home").GetProperty("city").GetString());
        Assert.NotEmpty(item.Etag);
        Assert.Empty(answer.Token);
    }

    [ConformanceTheory]
    [InlineData("""[]""", "JSON object")]
    [InlineData("""{""", "")]
    [InlineData("""{"filter":{"LIKE":{"name":"A"}}}""", "unsupported filter \"LIKE\"")]
    [InlineData("""{"filter":{"EQ":{"a":1,"b":2}}}""", "single key/value pair")]
    [InlineData("""{"filter":{"AND":[{"EQ":{"a":1}}]}}""", "at least two")]
    [InlineData("""{"filter":{"IN":{"a":[]}}}""", "empty IN")]
    [InlineData("""{"filter":{"GT":{"name":"A"}}}""", "string type not permitted")]
    [InlineData("""{"sort":[{"key":"name","order":"up"}]}""", "ASC and DESC")]
    [InlineData("""{"page":{"limit":2,"token":"next"}}""", "none that a page")]
    public async Task What_is_no_query_is_refused_with_the_reason(string query, string reason)
    {
        using var response = await QueryAsync(query);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        var error = await JsonAsync(response);
        Assert.Equal("ERR_STATE_QUERY", error.GetProperty("errorCode").GetString());
        Assert.Contains("failed query in state store store: ", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains(reason, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [ConformanceFact]
    public async Task Version_2_keeps_bytes_and_cannot_be_queried()
    {
        await using var elsewhere = new PostgreSqlPlace(server.Server);
        await using var other = await StartAsync("v2", elsewhere);
        using var content = new StringContent("{}");
        using var response = await other.Http.PostAsync(new Uri("/v1.0-alpha1/state/store/query", UriKind.Relative), content);
        Assert.Equal("ERR_STATE_STORE_NOT_SUPPORTED", (await JsonAsync(response)).GetProperty("errorCode").GetString());
    }

    private static Task<TestSidecar> StartAsync(string version, PostgreSqlPlace place) => TestSidecar.For("shop").WithoutApp()
        .WithComponent(new Component { Name = "store", Type = "state.postgresql", Version = version, Metadata = place.Metadata(version) })
        .StartAsync();

    private async Task SaveAsync(string items)
    {
        using var content = new StringContent(items, Encoding.UTF8, "application/json");
        using var response = await _sidecar.Http.PostAsync(new Uri("/v1.0/state/store", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    private async Task<HttpResponseMessage> QueryAsync(string query)
    {
        using var content = new StringContent(query, Encoding.UTF8, "application/json");
        return await _sidecar.Http.PostAsync(new Uri("/v1.0-alpha1/state/store/query", UriKind.Relative), content);
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response) => JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync()).RootElement;

    private static async Task<IReadOnlyList<string>> KeysAsync(HttpResponseMessage response) => response.StatusCode == HttpStatusCode.NoContent
        ? []
        : [.. (await JsonAsync(response)).GetProperty("results").EnumerateArray().Select(item => item.GetProperty("key").GetString()!)];
}
