using System.Net;
using Sidecar.Runtime.Resources;
using static Sidecar.Tests.Actors.ActorCallTests;
using static Sidecar.Tests.Hosting.SidecarFixture;

namespace Sidecar.Tests.Actors;

public sealed class ActorStateTests : IAsyncLifetime
{
    private const string State = "actors/Counter/c/state";
    private ActorApp _app = null!;
    private ActorPlace _place = null!;

    private HttpClient Client => _place.Client();

    public async Task InitializeAsync()
    {
        _app = await ActorApp.StartAsync();
        _place = await ActorPlace.StartAsync(("shop", _app));
        using var active = await Client.PutAsync("actors/Counter/c/method/wake", null);
    }

    public async Task DisposeAsync()
    {
        await _place.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task A_transaction_saves_and_deletes_under_the_keys_of_real_Dapr(string verb)
    {
        await TransactAsync("""[{"operation":"upsert","request":{"key":"a","value":{"n":1}}},{"operation":"upsert","request":{"key":"b","value":"text"}}]""", verb);
        await TransactAsync("""[{"operation":"delete","request":{"key":"b"}},{"operation":"upsert","request":{"key":"c"}}]""", verb);

        Assert.Equal(["shop||Counter||c||a", "shop||Counter||c||c"], _place.Store.Keys);
        Assert.Equal(("""{"n":1}""", "null"), (await Client.GetStringAsync($"{State}/a"), await Client.GetStringAsync($"{State}/c")));
        Assert.Equal(HttpStatusCode.NoContent, (await Client.GetAsync($"{State}/b")).StatusCode);
    }

    [Fact]
    public async Task A_value_with_a_time_to_live_says_when_it_ends_and_then_it_is_gone()
    {
        await TransactAsync("""[{"operation":"upsert","request":{"key":"a","value":1,"metadata":{"ttlInSeconds":"60"}}}]""");

        using var alive = await Client.GetAsync($"{State}/a");
        _place.Clock.Advance(TimeSpan.FromSeconds(61));
        using var gone = await Client.GetAsync($"{State}/a");

        var ends = DateTimeOffset.Parse(alive.Headers.GetValues("metadata.ttlExpireTime").Single());
        Assert.InRange(ends - _place.Clock.GetUtcNow(), TimeSpan.FromSeconds(-2), TimeSpan.Zero);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
    }

    [Fact]
    public async Task A_transaction_with_a_wrong_ETag_changes_nothing()
    {
        await TransactAsync("""[{"operation":"upsert","request":{"key":"a","value":1}}]""");

        using var refused = await Client.PostAsync(State, Json("""[{"operation":"upsert","request":{"key":"b","value":2}},{"operation":"upsert","request":{"key":"a","value":2,"etag":"99"}}]"""));

        await IsErrorAsync(refused, 500, "ERR_ACTOR_STATE_TRANSACTION_SAVE");
        Assert.Equal("1", await Client.GetStringAsync($"{State}/a"));
        Assert.Single(_place.Store.Keys);
    }

    [Theory]
    [InlineData("", 400, "ERR_MALFORMED_REQUEST")]
    [InlineData("{", 400, "ERR_MALFORMED_REQUEST")]
    [InlineData("""{"operations":[]}""", 400, "ERR_MALFORMED_REQUEST")]
    [InlineData("""[{"operation":1}]""", 400, "ERR_MALFORMED_REQUEST")]
    [InlineData("""[{"operation":"upsert","request":{"value":1}}]""", 500, "ERR_ACTOR_STATE_TRANSACTION_SAVE")]
    [InlineData("""[{"operation":"move","request":{"key":"a"}}]""", 500, "ERR_ACTOR_STATE_TRANSACTION_SAVE")]
    [InlineData("""[{"operation":"upsert","request":{"key":"a","value":1,"metadata":{"ttlInSeconds":"soon"}}}]""", 500, "ERR_ACTOR_STATE_TRANSACTION_SAVE")]
    public async Task A_bad_transaction_is_refused(string body, int status, string code)
    {
        using var response = await Client.PostAsync(State, Json(body));

        await IsErrorAsync(response, status, code);
        Assert.Empty(_place.Store.Keys);
    }

    [Fact]
    public async Task State_of_an_actor_that_is_not_active_here_is_refused()
    {
        using var read = await Client.GetAsync("actors/Counter/other/state/a");
        using var write = await Client.PostAsync("actors/Counter/other/state", Json("[]"));
        using var reserved = await Client.PostAsync("actors/dapr.internal.x/other/state", Json("{"));

        await IsErrorAsync(read, 400, "ERR_ACTOR_INSTANCE_MISSING", "actor instance is missing");
        await IsErrorAsync(write, 400, "ERR_ACTOR_INSTANCE_MISSING");
        await IsErrorAsync(reserved, 403, "ERR_ACTOR_TYPE_RESERVED");
    }

    [Fact]
    public async Task A_failing_store_is_an_error()
    {
        _place.Store.Failure = new IOException("disk");

        using var read = await Client.GetAsync($"{State}/a");
        using var write = await Client.PostAsync(State, Json("""[{"operation":"delete","request":{"key":"a"}}]"""));

        await IsErrorAsync(read, 500, "ERR_ACTOR_STATE_GET", "error getting actor state: disk");
        await IsErrorAsync(write, 500, "ERR_ACTOR_STATE_TRANSACTION_SAVE", "error saving actor transaction state: disk");
    }

    [Fact]
    public async Task Without_an_actor_state_store_an_app_hosts_nothing()
    {
        await using var app = await ActorApp.StartAsync();
        await using var place = await ActorPlace.StartAsync(new SidecarResources { Components = [new Component { Name = "store", Type = "state.dictionary" }] }, ("shop", app));

        using var read = await place.Client().GetAsync($"{State}/a");

        await IsErrorAsync(read, 500, "ERR_ACTOR_RUNTIME_NOT_FOUND");
        Assert.Equal("", await place.ActiveAsync());
    }

    private async Task TransactAsync(string body, string verb = "POST")
    {
        using var response = await Client.SendAsync(new HttpRequestMessage(new HttpMethod(verb), State) { Content = Json(body) });
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }
}
