using System.Net;
using Microsoft.AspNetCore.Http;
using Sidecar.Runtime.Resources;
using static Sidecar.Tests.Actors.ActorCallTests;

namespace Sidecar.Tests.Actors;

public sealed class ActorPolicyTests
{
    private const string Method = "actors/Counter/a/method/m";

    [Fact]
    public async Task Retries_go_around_the_whole_call()
    {
        await using var app = await ActorApp.StartAsync();
        app.Answer = (_, http) =>
        {
            http.Response.StatusCode = app.Calls.Count < 3 ? 500 : 200;
            return Task.CompletedTask;
        };
        await using var place = await StartAsync(app, new PolicyNames(Retry: "retry"));

        var calling = place.Client().PutAsync(Method, null);
        for (var i = 1; i <= 2; i++)
        {
            await app.WaitForCallsAsync(i);
            await place.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(1));
            place.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        using var response = await calling;
        Assert.Equal((HttpStatusCode.OK, 3), (response.StatusCode, app.Calls.Count));
    }

    [Fact]
    public async Task A_method_the_app_does_not_have_is_not_tried_again()
    {
        await using var app = await ActorApp.StartAsync();
        app.Answer = (_, http) =>
        {
            http.Response.StatusCode = 404;
            return Task.CompletedTask;
        };
        await using var place = await StartAsync(app, new PolicyNames(Retry: "retry"));

        using var response = await place.Client().PutAsync(Method, null);

        await IsErrorAsync(response, 500, "ERR_ACTOR_INVOKE_METHOD");
        Assert.Single(app.Calls);
    }

    [Fact]
    public async Task An_error_of_the_actor_is_retried_and_comes_back_when_the_policy_gives_up()
    {
        await using var app = await ActorApp.StartAsync();
        app.Answer = async (_, http) =>
        {
            http.Response.Headers["X-DaprErrorResponseHeader"] = "details";
            await http.Response.WriteAsync($"try {app.Calls.Count}");
        };
        await using var place = await StartAsync(app, new PolicyNames(Retry: "once"));

        var calling = place.Client().PutAsync(Method, null);
        await app.WaitForCallsAsync(1);
        await place.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(1));
        place.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("try 2", await (await calling).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_timeout_begins_with_the_turn()
    {
        await using var app = await ActorApp.StartAsync();
        var door = new TaskCompletionSource();
        app.Answer = (call, _) => call.Path.EndsWith("slow", StringComparison.Ordinal) ? door.Task : Task.CompletedTask;
        await using var place = await StartAsync(app, new PolicyNames(Timeout: "timeout"));

        var slow = place.Client().PutAsync("actors/Counter/a/method/slow", null);
        await app.WaitForCallsAsync(1);
        var waiting = place.Client().PutAsync(Method, null);
        await place.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(5));
        place.Clock.Advance(TimeSpan.FromSeconds(5));
        using var late = await slow;
        using var inTime = await waiting;
        door.SetResult();

        await IsErrorAsync(late, 500, "ERR_ACTOR_INVOKE_METHOD");
        Assert.Equal(HttpStatusCode.OK, inTime.StatusCode);
    }

    [Theory]
    [InlineData(ActorBreakerScope.Id, 200)]
    [InlineData(ActorBreakerScope.Both, 200)]
    [InlineData(ActorBreakerScope.Type, 500)]
    public async Task A_breaker_counts_for_one_actor_or_for_its_type(ActorBreakerScope scope, int statusOfAnother)
    {
        await using var app = await ActorApp.StartAsync();
        app.Answer = (call, http) =>
        {
            http.Response.StatusCode = call.Path.Contains("/a/", StringComparison.Ordinal) ? 500 : 200;
            return Task.CompletedTask;
        };
        await using var place = await StartAsync(app, new PolicyNames(CircuitBreaker: "breaker"), scope);

        using var failed = await place.Client().PutAsync(Method, null);
        using var open = await place.Client().PutAsync(Method, null);
        using var other = await place.Client().PutAsync("actors/Counter/b/method/m", null);

        await IsErrorAsync(open, 500, "ERR_ACTOR_INVOKE_METHOD", "error invoke actor method: circuit breaker is open");
        Assert.Equal(statusOfAnother, (int)other.StatusCode);
        Assert.Single(app.Calls, call => call.Path.Contains("/a/", StringComparison.Ordinal));
    }

    private static Task<ActorPlace> StartAsync(ActorApp app, PolicyNames names, ActorBreakerScope scope = ActorBreakerScope.Type) => ActorPlace.StartAsync(
        new SidecarResources
        {
            Components = [ActorPlace.ActorStore],
            Resiliencies =
            [
                new ResiliencySpec
                {
                    Retries = new Dictionary<string, RetryPolicy>
                    {
                        ["retry"] = new() { Duration = TimeSpan.FromSeconds(1), MaxRetries = 5 },
                        ["once"] = new() { Duration = TimeSpan.FromSeconds(1), MaxRetries = 1 },
                    },
                    Timeouts = new Dictionary<string, TimeSpan> { ["timeout"] = TimeSpan.FromSeconds(5) },
                    CircuitBreakers = new Dictionary<string, CircuitBreakerPolicy> { ["breaker"] = new() { Trip = "consecutiveFailures >= 1" } },
                    Actors = new Dictionary<string, ActorPolicyNames> { ["Counter"] = new(names, scope) },
                },
            ],
        },
        ("shop", app));
}
