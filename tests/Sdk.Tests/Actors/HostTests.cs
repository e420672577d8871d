using System.Net;
using Dapr.Actors;
using Dapr.Actors.Client;
using Dapr.Actors.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Sdk.Tests.AspNetCore;

namespace Sdk.Tests.Actors;

public sealed class HostTests
{
    [Fact]
    public async Task The_configuration_says_what_is_hosted_and_how()
    {
        await using var world = await ActorWorld.StartAsync(options =>
        {
            options.ActorIdleTimeout = TimeSpan.FromMinutes(90);
            options.DrainOngoingCallTimeout = TimeSpan.FromMilliseconds(1500);
            options.DrainRebalancedActors = true;
            options.RemindersStoragePartitions = 7;
            options.ReentrancyConfig = new ActorReentrancyConfig { Enabled = true, MaxStackDepth = 4 };
            options.Actors.RegisterActor<Alarm>("Siren", new ActorRuntimeOptions { ActorScanInterval = TimeSpan.FromSeconds(30) });
        });

        using var response = await world.App.GetAsync("/dapr/config");

        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(
            """
            {"entities":["Counter","Alarm","Siren"],"actorIdleTimeout":"1h30m0s0ms","drainOngoingCallTimeout":"0h0m1s500ms","drainRebalancedActors":true,
            "remindersStoragePartitions":7,"reentrancy":{"enabled":true,"maxStackDepth":4},
            "entitiesConfig":[{"entities":["Siren"],"actorScanInterval":"0h0m30s0ms","reentrancy":{"enabled":false}}]}
            """.ReplaceLineEndings(string.Empty),
            await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Without_settings_the_configuration_is_short()
    {
        await using var world = await ActorWorld.StartAsync();

        Assert.Equal("""{"entities":["Counter","Alarm"],"reentrancy":{"enabled":false}}""", await world.App.GetStringAsync("/dapr/config"));
    }

    [Fact]
    public async Task There_is_a_health_check_unless_the_application_has_its_own()
    {
        await using var world = await ActorWorld.StartAsync();
        await using var own = await TestApp.StartAsync(builder => builder.Services.AddActors(null), app =>
        {
            app.MapActorsHandlers();
            app.MapGet("/healthz", () => "mine");
        });

        Assert.Equal("Healthy", await world.App.GetStringAsync("/healthz"));
        Assert.Equal("mine", await own.Http.GetStringAsync("/healthz"));
    }

    [Fact]
    public async Task An_actor_lives_from_its_first_call_to_its_deactivation()
    {
        await using var world = await ActorWorld.StartAsync();

        await world.CounterOf("c-1").AddAsync(1);
        await world.CounterOf("c-1").ResetAsync();
        using var deactivated = await world.App.DeleteAsync("/actors/Counter/c-1");
        using var again = await world.App.DeleteAsync("/actors/Counter/c-1");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (deactivated.StatusCode, again.StatusCode));
        Assert.Equal(
            [
                "activated, desk there",
                "before AddAsync (ActorInterfaceMethod)", "after AddAsync",
                "before ResetAsync (ActorInterfaceMethod)", "after ResetAsync",
                "deactivated", "desk cleared",
            ],
            world.Diary.Entries);
    }

    [Fact]
    public async Task A_turn_saves_what_it_changed_unless_it_throws()
    {
        await using var world = await ActorWorld.StartAsync();
        var counter = world.CounterOf("c-1");

        await counter.AddAsync(2);
        await Assert.ThrowsAsync<ActorMethodInvocationException>(() => counter.FailAfterAddingAsync(40, "no"));
        var count = await counter.CountAsync(CancellationToken.None);

        Assert.Equal(2, count);
        Assert.Equal("2", world.State["Counter/c-1/count"]);
        Assert.Contains("failed FailAfterAddingAsync: no", world.Diary.Entries);
        var save = Assert.Single(world.CallsOf("/state"));
        Assert.Equal(
            ("PUT", """[{"operation":"upsert","request":{"key":"count","value":2}}]""", "text/plain; charset=utf-8"), (save.Method, save.Text, save.Headers["Content-Type"]));
    }

    [Fact]
    public async Task Actors_of_a_type_do_not_share_state_or_memory()
    {
        await using var world = await ActorWorld.StartAsync();

        await world.CounterOf("a").AddAsync(1);
        await world.CounterOf("A").AddAsync(10);

        Assert.Equal((1, 10), (await world.CounterOf("a").CountAsync(default), await world.CounterOf("A").CountAsync(default)));
    }

    [Fact]
    public async Task A_chain_of_calls_that_comes_back_carries_its_id_and_saves_turn_by_turn()
    {
        await using var world = await ActorWorld.StartAsync(options => options.ReentrancyConfig.Enabled = true);
        using var request = new HttpRequestMessage(HttpMethod.Put, "/actors/Counter/c-1/method/CallBackAsync") { Content = new StringContent("2") };
        request.Headers.Add("Dapr-Reentrancy-Id", "chain-7");

        using var response = await world.App.SendAsync(request);

        Assert.Equal("\"back\"", await response.Content.ReadAsStringAsync());
        Assert.Equal(["chain-7", "chain-7"], world.CallsOf("/method/CallBackAsync").Select(call => call.Headers["Dapr-Reentrancy-Id"]));
        Assert.Equal(["depth-0", "depth-1", "depth-2"], world.CallsOf("/state").Select(call => call.Text.Split('"')[9]));
    }

    [Fact]
    public async Task Who_calls_without_a_chain_sends_no_id_of_one()
    {
        await using var world = await ActorWorld.StartAsync();

        await world.CounterOf("c-1").CallBackAsync(1);

        Assert.All(world.CallsOf("/method/CallBackAsync"), call => Assert.False(call.Headers.ContainsKey("Dapr-Reentrancy-Id")));
    }

    [Fact]
    public async Task An_unknown_type_is_a_failure()
    {
        await using var world = await ActorWorld.StartAsync();

        using var response = await world.PutAsync("/actors/Nobody/1/method/AddAsync", "1");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
    }

    [Fact]
    public async Task Without_AddActors_nothing_is_mapped()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => TestApp.StartAsync(app => app.MapActorsHandlers()));

        Assert.Contains("AddActors", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_actor_has_a_name_an_interface_and_a_class()
    {
        var plain = ActorTypeInformation.Get(typeof(Alarm), null);
        var named = ActorTypeInformation.Get(typeof(Renamed), null);

        Assert.Equal(("Alarm", true, false), (plain.ActorTypeName, plain.IsRemindable, plain.IsAbstract));
        Assert.Equal([typeof(IAlarm)], plain.InterfaceTypes);
        Assert.Equal(("Other", "Third"), (named.ActorTypeName, ActorTypeInformation.Get(typeof(Renamed), "Third").ActorTypeName));
        Assert.Throws<ArgumentException>(() => ActorTypeInformation.Get(typeof(string), null));
        Assert.Throws<ArgumentException>(() => ActorTypeInformation.Get(typeof(Mute), null));
    }

    [Fact]
    public async Task The_lifetime_of_the_registration_is_the_callers_choice()
    {
        var services = new ServiceCollection();
        services.AddActors(options => options.Actors.RegisterActor<Alarm>(), ServiceLifetime.Scoped);
        await using var provider = services.BuildServiceProvider();
        await using var one = provider.CreateAsyncScope();
        await using var two = provider.CreateAsyncScope();

        Assert.NotSame(one.ServiceProvider.GetRequiredService<IActorProxyFactory>(), two.ServiceProvider.GetRequiredService<IActorProxyFactory>());
        Assert.Equal("Alarm", Assert.Single(one.ServiceProvider.GetRequiredService<ActorRuntime>().RegisteredActors).Type.ActorTypeName);
    }

    [Actor(TypeName = "Other")]
    private sealed class Renamed(ActorHost host) : Actor(host), INamed
    {
        public Task<string> NameAsync() => Task.FromResult("renamed");
    }

    private sealed class Mute(ActorHost host) : Actor(host);
}
