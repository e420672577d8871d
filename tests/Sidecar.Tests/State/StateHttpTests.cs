using System.Net;
using System.Text;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;
using Sidecar.Tests.Hosting;
using static Sidecar.Tests.Hosting.SidecarFixture;

namespace Sidecar.Tests.State;

public sealed class StateHttpTests : IAsyncLifetime
{
    private SidecarFixture _fixture = null!;

    private HttpClient Client => _fixture.Client;

    public async Task InitializeAsync() => _fixture = await StartAsync(new SidecarOptions { AppId = "orders" });

    public Task DisposeAsync() => _fixture.DisposeAsync().AsTask();

    [Theory]
    [InlineData("\"text\"", "\"text\"")]
    [InlineData("null", "null")]
    [InlineData("42", "42")]
    [InlineData("""{"z": 1.50, "s": "é", "a": [ 1, true, {} ], "z": 2}""", """{"a":[1,true,{}],"s":"é","z":2}""")]
    [InlineData("\"<a&b> \\u00e9 \\/ \\u0001\"", "\"\\u003ca\\u0026b\\u003e é / \\u0001\"")]
    [InlineData("12345678901234567890", "12345678901234567000")]
    [InlineData("[1e3, 1E21, 0.000001, 1e-7, -0.00012, 123456789012345.5, []]", "[1000,1e+21,0.000001,1e-7,-0.00012,123456789012345.5,[]]")]
    public async Task A_saved_value_is_kept_as_Go_writes_it(string given, string value)
    {
        var saved = await Client.PostAsync("/v1.0/state/store", Json($$"""[{"key":"a","value":{{given}}}]"""));
        var read = await Client.GetAsync("/v1.0/state/store/a");

        Assert.Equal(HttpStatusCode.NoContent, saved.StatusCode);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        Assert.Equal(value, await read.Content.ReadAsStringAsync());
        Assert.Equal("application/json", read.Content.Headers.ContentType?.MediaType);
        Assert.Equal("1", read.Headers.GetValues("ETag").Single());
    }

    [Fact]
    public async Task A_missing_key_answers_204_without_a_body()
    {
        var read = await Client.GetAsync("/v1.0/state/store/none");

        Assert.Equal(HttpStatusCode.NoContent, read.StatusCode);
        Assert.Equal("", await read.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Keys_are_stored_under_the_app_id()
    {
        await Client.PutAsync("/v1.0/state/store", Json("""[{"key":"a","value":1}]"""));

        Assert.Equal(["orders||a"], _fixture.Store.Keys);
    }

    [Theory]
    [InlineData("name", "store||a")]
    [InlineData("none", "a")]
    [InlineData("NAME", "store||a")]
    [InlineData("Shared", "shared||a")]
    [InlineData("namespace", "prod.orders||a")]
    public async Task The_component_chooses_the_key_prefix(string keyPrefix, string expected)
    {
        await using var fixture = await StartAsync(new SidecarOptions { AppId = "orders", Namespace = "prod" }, new SidecarResources
        {
            Components = [new Component { Name = "store", Type = "state.dictionary", Metadata = new Dictionary<string, string> { ["keyPrefix"] = keyPrefix } }],
        });

        await fixture.Client.PostAsync("/v1.0/state/store", Json("""[{"key":"a","value":1}]"""));

        Assert.Equal([expected], fixture.Store.Keys);
    }

    [Fact]
    public async Task A_key_with_an_escaped_slash_is_one_key()
    {
        await Client.PostAsync("/v1.0/state/store", Json("""[{"key":"a/b%c","value":7}]"""));

        Assert.Equal("7", await Client.GetStringAsync("/v1.0/state/store/a%2Fb%25c"));
    }

    [Fact]
    public async Task A_stale_etag_is_refused_with_409_and_a_first_write_finds_the_key()
    {
        await Client.PostAsync("/v1.0/state/store", Json("""[{"key":"a","value":1}]"""));

        var stale = await Client.PostAsync("/v1.0/state/store", Json("""[{"key":"a","value":2,"etag":"99"}]"""));
        var first = await Client.PostAsync("/v1.0/state/store", Json("""[{"key":"a","value":2,"options":{"concurrency":"first-write"}}]"""));
        var invalid = await Client.PostAsync("/v1.0/state/store", Json("""[{"key":"a","value":2,"etag":"not-an-etag"}]"""));

        Assert.Equal(HttpStatusCode.Conflict, stale.StatusCode);
        Assert.StartsWith("""{"errorCode":"ERR_STATE_SAVE","message":"failed saving state in state store store: possible etag mismatch.""", await stale.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.Conflict, first.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, invalid.StatusCode);
        Assert.Equal("1", await Client.GetStringAsync("/v1.0/state/store/a"));
    }

    [Fact]
    public async Task Delete_checks_If_Match_and_takes_an_absent_key()
    {
        await Client.PostAsync("/v1.0/state/store", Json("""[{"key":"a","value":1}]"""));

        var mismatch = await DeleteAsync("99");
        var match = await DeleteAsync("1");
        var absent = await Client.DeleteAsync("/v1.0/state/store/a");

        Assert.Equal(HttpStatusCode.Conflict, mismatch.StatusCode);
        Assert.Contains("ERR_STATE_DELETE", await mismatch.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NoContent, match.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, absent.StatusCode);

        Task<HttpResponseMessage> DeleteAsync(string etag)
        {
            var request = new HttpRequestMessage(HttpMethod.Delete, "/v1.0/state/store/a");
            request.Headers.TryAddWithoutValidation("If-Match", etag);
            return Client.SendAsync(request);
        }
    }

    [Fact]
    public async Task Bulk_reads_answer_in_order_with_only_the_key_of_a_missing_one()
    {
        await Client.PostAsync("/v1.0/state/store", Json("""[{"key":"a","value":{"x":1}},{"key":"b","value":"two"}]"""));

        var answer = await Client.PostAsync("/v1.0/state/store/bulk", Json("""{"keys":["b","none","a"],"parallelism":2}"""));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var items = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.EnumerateArray().ToArray();
        Assert.Equal(["b", "none", "a"], items.Select(i => i.GetProperty("key").GetString()!));
        Assert.Equal("two", items[0].GetProperty("data").GetString());
        Assert.Equal(["key"], items[1].EnumerateObject().Select(p => p.Name));
        Assert.Equal(1, items[2].GetProperty("data").GetProperty("x").GetInt32());
    }

    [Fact]
    public async Task A_transaction_is_all_or_nothing_and_reports_a_conflict_as_500()
    {
        await Client.PostAsync("/v1.0/state/store", Json("""[{"key":"a","value":1}]"""));

        var refused = await Client.PostAsync("/v1.0/state/store/transaction", Json(
            """{"operations":[{"operation":"upsert","request":{"key":"b","value":2}},{"operation":"delete","request":{"key":"a","etag":"99"}}]}"""));
        var done = await Client.PostAsync("/v1.0/state/store/transaction", Json(
            """{"operations":[{"operation":"upsert","request":{"key":"c","value":3}},{"operation":"delete","request":{"key":"a","etag":"1"}}]}"""));

        Assert.Equal(HttpStatusCode.InternalServerError, refused.StatusCode);
        Assert.Contains("\"errorCode\":\"ERR_STATE_TRANSACTION\"", await refused.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NoContent, done.StatusCode);
        Assert.Equal(["orders||c"], _fixture.Store.Keys);
    }

    [Fact]
    public async Task Time_to_live_is_told_as_a_header_and_in_bulk_reads()
    {
        await Client.PostAsync("/v1.0/state/store", Json("""[{"key":"a","value":1,"metadata":{"ttlInSeconds":"3600"}},{"key":"b","value":1,"metadata":{"ttlInSeconds":"-1"}}]"""));

        var limited = await Client.GetAsync("/v1.0/state/store/a");
        var unlimited = await Client.GetAsync("/v1.0/state/store/b");
        var bulk = await (await Client.PostAsync("/v1.0/state/store/bulk", Json("""{"keys":["a"]}"""))).Content.ReadAsStringAsync();

        var expiry = DateTimeOffset.Parse(limited.Headers.GetValues("metadata.ttlExpireTime").Single(), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(expiry - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(60));
        Assert.False(unlimited.Headers.Contains("metadata.ttlExpireTime"));
        Assert.Contains("\"metadata\":{\"ttlExpireTime\":\"", bulk);
    }

    [Theory]
    [InlineData("POST", "/v1.0/state/nowhere", "[]", 400, """{"errorCode":"ERR_STATE_STORE_NOT_FOUND","message":"state store nowhere is not found","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"DAPR_STATE_NOT_FOUND","domain":"dapr.io","metadata":{"appID":"orders"}}]}""")]
    [InlineData("POST", "/v1.0/state/store", """[{"value":1}]""", 400, "\\\"key\\\" is a required field")]
    [InlineData("POST", "/v1.0/state/store", """[{"key":"a||b","value":1}]""", 400, "DAPR_STATE_ILLEGAL_KEY")]
    [InlineData("POST", "/v1.0/state/store", """{"key":"a"}""", 400, "ERR_MALFORMED_REQUEST")]
    [InlineData("POST", "/v1.0/state/store", "[{", 400, "ERR_MALFORMED_REQUEST")]
    [InlineData("POST", "/v1.0/state/store/transaction", """{"operations":[{"operation":"increment","request":{"key":"a"}}]}""", 400, """{"errorCode":"ERR_NOT_SUPPORTED_STATE_OPERATION","message":"operation type increment not supported"}""")]
    [InlineData("POST", "/v1.0-alpha1/state/store/query", "{}", 500, "ERR_STATE_STORE_NOT_SUPPORTED")]
    [InlineData("GET", "/v1.0/state/nowhere/a", null, 400, "ERR_STATE_STORE_NOT_FOUND")]
    [InlineData("POST", "/v1.0/state/store", "[]", 204, "")]
    public async Task Bad_requests_get_Daprs_error(string method, string path, string? body, int status, string expected)
    {
        var answer = await Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : Json(body) });

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(expected, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_sidecar_without_a_state_store_says_that_none_is_configured()
    {
        await using var fixture = await StartAsync(new SidecarOptions { AppId = "orders" }, new SidecarResources());

        var answer = await fixture.Client.GetAsync("/v1.0/state/store/a");

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.StartsWith("""{"errorCode":"ERR_STATE_STORE_NOT_CONFIGURED","message":"state store store is not configured","details":""", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_failing_store_is_a_500_with_its_words()
    {
        _fixture.Store.Failure = new IOException("disk full");

        var read = await Client.GetAsync("/v1.0/state/store/a");
        var saved = await Client.PostAsync("/v1.0/state/store", Json("""[{"key":"a","value":1}]"""));

        Assert.Equal("""{"errorCode":"ERR_STATE_GET","message":"fail to get a from state store store: disk full"}""", await read.Content.ReadAsStringAsync());
        Assert.Equal("""{"errorCode":"ERR_STATE_SAVE","message":"failed saving state in state store store: disk full"}""", await saved.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.InternalServerError, saved.StatusCode);
    }

    [Fact]
    public async Task A_body_above_the_limit_is_refused()
    {
        await using var fixture = await StartAsync(new SidecarOptions { AppId = "orders", MaxBodySize = 1024 });

        var answer = await fixture.Client.PostAsync("/v1.0/state/store", new StringContent("[\"" + new string('x', 2048) + "\"]", Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("ERR_BODY_READ", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("""[{"key":"a","value":1,"options":{"concurrency":"later"}}]""", "unrecognized concurrency model 'later'")]
    [InlineData("""[{"key":"a","value":1,"options":{"consistency":"maybe"}}]""", "unrecognized consistency model 'maybe'")]
    public async Task Options_that_Dapr_does_not_know_fail_the_save(string body, string problem)
    {
        var answer = await Client.PostAsync("/v1.0/state/store", Json(body));

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains("ERR_STATE_SAVE", text, StringComparison.Ordinal);
        Assert.Contains(problem, text, StringComparison.Ordinal);
        Assert.Empty(_fixture.Store.Keys);
    }

    [Fact]
    public async Task A_body_of_another_shape_is_refused_without_a_word_about_this_program()
    {
        var answer = await Client.PostAsync("/v1.0/state/store", Json("""{"key":"a"}"""));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains("the value at $ has the wrong type", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Sidecar.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_with_the_separator_is_named_as_the_wrong_field()
    {
        var answer = await Client.GetAsync("/v1.0/state/store/a%7C%7Cb");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("\"field_violations\":[{\"field\":\"a||b\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
