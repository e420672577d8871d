using Dapr.Actors;
using Dapr.Actors.Client;
using Dapr.Actors.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sidecar.Testing;

namespace Sdk.Tests.Actors;

/// <summary>The SDK's actors on the embedded sidecar: two parts of this repository that know each other only by the wire.</summary>
public sealed class EmbeddedSidecarTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Diary diary = new();
    private TestSidecar sidecar = null!;
    private WebApplication app = null!;

    private IActorProxyFactory Proxies => app.Services.GetRequiredService<IActorProxyFactory>();

    public async Task InitializeAsync()
    {
        sidecar = await TestSidecar.For("actors").WithSqliteState("statestore").StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{sidecar.AppPort}");
        sidecar.Configure((key, value) => builder.Configuration[key] = value);
        builder.Services.AddSingleton(diary);
        builder.Services.AddScoped<Desk>();
        builder.Services.AddActors(options =>
        {
            options.HttpEndpoint = builder.Configuration["DAPR_HTTP_ENDPOINT"];
            options.ReentrancyConfig = new ActorReentrancyConfig { Enabled = true };
            options.Actors.RegisterActor<Counter>(new ActorRuntimeOptions { ReentrancyConfig = { Enabled = true }, ActorIdleTimeout = TimeSpan.FromSeconds(1) });
            options.Actors.RegisterActor<Alarm>();
        });
        app = builder.Build();
        app.MapActorsHandlers();
        await app.StartAsync();
        await sidecar.WaitUntilReadyAsync().WaitAsync(s_patience);
    }

    public async Task DisposeAsync()
    {
        await app.DisposeAsync();
        await sidecar.DisposeAsync();
    }

    [Fact]
    public async Task Typed_and_untyped_calls_reach_the_same_actor_one_after_the_other()
    {
        var typed = Proxies.CreateActorProxy<ICounter>(new ActorId("c 1"), nameof(Counter));
        var untyped = Proxies.Create(new ActorId("c 1"), nameof(Counter));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => number % 2 == 0 ? typed.AddAsync(1) : untyped.InvokeMethodAsync<int, int>("AddAsync", 1)));

        Assert.Equal(20, await typed.CountAsync(CancellationToken.None));
        Assert.Equal("Counter c 1", await untyped.InvokeMethodAsync<string>("NameAsync"));
    }

    [Fact]
    public async Task What_an_actor_throws_crosses_the_sidecar_whole()
    {
        var counter = Proxies.CreateActorProxy<ICounter>(new ActorId("c-2"), nameof(Counter));

        var error = await Assert.ThrowsAsync<ActorMethodInvocationException>(() => counter.FailAfterAddingAsync(1, "enough"));

        Assert.Equal("enough", error.InnerException!.Message);
        Assert.Null(await counter.CountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task An_actor_calls_itself_where_that_is_allowed()
    {
        var counter = Proxies.CreateActorProxy<ICounter>(new ActorId("c-3"), nameof(Counter));

        Assert.Equal("back", await counter.CallBackAsync(3).WaitAsync(s_patience));
    }

    [Fact]
    public async Task A_reminder_comes_and_can_be_looked_at_and_forgotten()
    {
        var alarm = Proxies.CreateActorProxy<IAlarm>(new ActorId("a-1"), nameof(Alarm));

        await alarm.SetForAWhileAsync();
        await alarm.SetAsync("hi");

        Assert.StartsWith("wake ", await alarm.LookAsync("wake"), StringComparison.Ordinal);
        await DiaryHasAsync(entry => entry.StartsWith("three-times: ", StringComparison.Ordinal));
        await alarm.ForgetAsync();
        Assert.Null(await alarm.LookAsync("wake"));
    }

    [Fact]
    public async Task An_idle_actor_goes_and_comes_back_with_its_state()
    {
        var counter = Proxies.CreateActorProxy<ICounter>(new ActorId("c-4"), nameof(Counter));
        await counter.AddAsync(7);

        await DiaryHasAsync(entry => entry == "desk cleared");

        Assert.Equal(7, await counter.CountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_type_that_nobody_hosts_is_an_error_with_daprs_code()
    {
        var error = await Assert.ThrowsAsync<Dapr.DaprApiException>(() => Proxies.Create(new ActorId("1"), "Nobody").InvokeMethodAsync("Do"));

        Assert.StartsWith("ERR_ACTOR_", error.ErrorCode, StringComparison.Ordinal);
    }

    private async Task DiaryHasAsync(Func<string, bool> entry)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (!diary.Entries.Any(entry))
            await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
    }
}
