using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Sidecar.Tests.Actors;

public sealed class ActorCallTests
{
    private const string Reentrant = """{"entities":["Counter"],"reentrancy":{"enabled":true,"maxStackDepth":3}}""";

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task A_call_reaches_the_app_as_PUT_and_its_answer_comes_back_whole(string verb)
    {
        await using var app = await ActorApp.StartAsync();
        app.Answer = async (_, http) =>
        {
            http.Response.Headers["x-more"] = "yes";
            http.Response.ContentType = "application/octet-stream";
            await http.Response.WriteAsync("answer");
        };
        await using var place = await ActorPlace.StartAsync(("app", app));
        using var request = new HttpRequestMessage(new HttpMethod(verb), "actors/Counter/a%20b/method/add?x=1") { Content = new StringContent("[1]", Encoding.UTF8, "application/json") };
        request.Headers.Add("X-DaprRequestHeader", "<remoting/>");

        using var response = await place.Client().SendAsync(request);
        var call = await app.NextAsync();

        Assert.Equal("PUT /actors/Counter/a%20b/method/add?x=1", call.ToString());
        Assert.Equal(("[1]", "application/json; charset=utf-8", "<remoting/>"), (call.Body, call.Headers.ContentType.ToString(), call.Headers["X-DaprRequestHeader"].ToString()));
        Assert.Equal((HttpStatusCode.OK, "answer", "yes"), (response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.GetValues("x-more").Single()));
        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task An_actor_takes_one_call_at_a_time_and_others_do_not_wait_for_it()
    {
        await using var app = await ActorApp.StartAsync();
        var (inside, most) = (0, 0);
        var door = new TaskCompletionSource();
        app.Answer = async (call, _) =>
        {
            if (call.Path.Contains("/free/", StringComparison.Ordinal))
                return;
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await door.Task;
            Interlocked.Decrement(ref inside);
        };
        await using var place = await ActorPlace.StartAsync(("app", app));

        var calls = Enumerable.Range(0, 10).Select(_ => place.Client().PutAsync("actors/Counter/busy/method/m", null)).ToArray();
        await app.WaitForCallsAsync(1);
        using var other = await place.Client().PutAsync("actors/Counter/free/method/m", null);
        door.SetResult();
        await Task.WhenAll(calls);

        Assert.Equal((HttpStatusCode.OK, 1, 11), (other.StatusCode, most, app.Calls.Count));
    }

    [Fact]
    public async Task A_chain_of_calls_may_come_back_to_an_actor_that_is_reentrant_but_not_without_end()
    {
        await using var app = await ActorApp.StartAsync(Reentrant);
        await using var place = await ActorPlace.StartAsync(("app", app));
        app.Answer = async (call, http) =>
        {
            using var next = new HttpRequestMessage(HttpMethod.Put, "actors/Counter/c/method/again");
            next.Headers.Add("Dapr-Reentrancy-Id", call.Headers["Dapr-Reentrancy-Id"].ToString());
            using var answer = await place.Client().SendAsync(next);
            http.Response.Headers["depth"] = app.Calls.Count.ToString();
            await http.Response.WriteAsync($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        };

        var outcome = await (await place.Client().PutAsync("actors/Counter/c/method/again", null)).Content.ReadAsStringAsync();
        app.Answer = (_, _) => Task.CompletedTask;
        using var after = await place.Client().PutAsync("actors/Counter/c/method/once", null);

        Assert.Equal(4, app.Calls.Count);
        Assert.Contains("ERR_ACTOR_STACK_DEPTH", outcome, StringComparison.Ordinal);
        Assert.Single(app.Calls.Take(3).Select(call => call.Headers["Dapr-Reentrancy-Id"].ToString()).Distinct());
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Fact]
    public async Task Without_reentrancy_a_call_gets_no_chain_of_its_own()
    {
        await using var app = await ActorApp.StartAsync();
        await using var place = await ActorPlace.StartAsync(("app", app));

        using var response = await place.Client().PutAsync("actors/Counter/c/method/m", null);

        Assert.False((await app.NextAsync()).Headers.ContainsKey("Dapr-Reentrancy-Id"));
    }

    [Theory]
    [InlineData(500, "error invoke actor method: error from actor service: (500) broken")]
    [InlineData(204, "error invoke actor method: error from actor service: (204) ")]
    [InlineData(404, "error invoke actor method: actor method not found: actors/Counter/c/method/m")]
    public async Task An_answer_other_than_200_is_an_error(int status, string message)
    {
        await using var app = await ActorApp.StartAsync();
        app.Answer = async (_, http) =>
        {
            http.Response.StatusCode = status;
            if (status != 204)
                await http.Response.WriteAsync("broken");
        };
        await using var place = await ActorPlace.StartAsync(("app", app));

        using var response = await place.Client().PutAsync("actors/Counter/c/method/m", null);

        await IsErrorAsync(response, 500, "ERR_ACTOR_INVOKE_METHOD", message);
    }

    [Fact]
    public async Task An_error_of_the_actor_comes_back_as_the_SDK_wrote_it()
    {
        await using var app = await ActorApp.StartAsync();
        app.Answer = async (_, http) =>
        {
            http.Response.Headers["X-DaprErrorResponseHeader"] = "details";
            await http.Response.WriteAsync("exception");
        };
        await using var place = await ActorPlace.StartAsync(("app", app));

        using var response = await place.Client().PutAsync("actors/Counter/c/method/m", null);

        Assert.Equal((HttpStatusCode.OK, "exception", "details"), (response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.GetValues("X-DaprErrorResponseHeader").Single()));
    }

    [Fact]
    public async Task A_type_nobody_hosts_is_looked_for_five_seconds_long()
    {
        await using var app = await ActorApp.StartAsync();
        await using var place = await ActorPlace.StartAsync(("app", app));

        var calling = place.Client().PutAsync("actors/Unknown/c/method/m", null);
        for (var i = 0; i < 5; i++)
        {
            await place.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(1));
            Assert.False(calling.IsCompleted);
            place.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        using var response = await calling;
        await IsErrorAsync(
            response, 500, "ERR_ACTOR_INVOKE_METHOD",
            "error invoke actor method: failed to lookup actor: api error: code = FailedPrecondition desc = did not find address for actor 'Unknown/c'");
    }

    [Theory]
    [InlineData("actors/Counter/a%2Fb/method/m", 400, "ERR_BAD_REQUEST")]
    [InlineData("actors/Counter/a%3Fb/method/m", 400, "ERR_BAD_REQUEST")]
    [InlineData("actors/Counter/a/method/m%23n", 400, "ERR_BAD_REQUEST")]
    [InlineData("actors/dapr.internal.default.app.workflow/a/method/m", 403, "ERR_ACTOR_TYPE_RESERVED")]
    [InlineData("actors/Counter//method/m", 404, "ERR_DIRECT_INVOKE")]
    public async Task A_bad_name_is_refused(string path, int status, string code)
    {
        await using var app = await ActorApp.StartAsync();
        await using var place = await ActorPlace.StartAsync(("app", app));

        using var response = await place.Client().PutAsync(path, null);

        await IsErrorAsync(response, status, code);
        Assert.Empty(app.Calls);
    }

    [Fact]
    public async Task An_app_that_cannot_be_reached_is_an_error_of_the_call()
    {
        var app = await ActorApp.StartAsync();
        await using var place = await ActorPlace.StartAsync(("app", app));
        await app.DisposeAsync();

        using var response = await place.Client().PutAsync("actors/Counter/c/method/m", null);

        await IsErrorAsync(response, 500, "ERR_ACTOR_INVOKE_METHOD");
    }

    internal static async Task IsErrorAsync(HttpResponseMessage response, int status, string code, string? message = null)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode} {body}");
        var error = JsonNode.Parse(body)!;
        Assert.Equal(code, (string?)error["errorCode"]);
        if (message is not null)
            Assert.Equal(message, (string?)error["message"]);
    }
}
