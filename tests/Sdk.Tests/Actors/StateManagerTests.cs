using Dapr.Actors;
using Dapr.Actors.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace Sdk.Tests.Actors;

/// <summary>An actor's state, from inside of a turn.</summary>
public sealed class StateManagerTests
{
    [Fact]
    public async Task What_was_read_once_is_remembered()
    {
        await using var book = await NotebookAsync(("title", "\"Tea\""));

        Assert.Equal("Tea", await book.State.GetStateAsync<string>("title"));
        Assert.Equal("Tea", await book.State.GetStateAsync<string>("title"));

        Assert.Single(book.World.CallsOf("/state/title"));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => book.State.GetStateAsync<string>("author"));
    }

    [Fact]
    public async Task Setting_reads_nothing_and_saves_everything_together()
    {
        await using var book = await NotebookAsync(("title", "\"Tea\""), ("year", "1906"));

        await book.State.SetStateAsync("title", "Coffee");
        await book.State.SetStateAsync("pages", 3);
        await book.State.RemoveStateAsync("year");
        await book.State.SaveStateAsync();
        await book.State.SaveStateAsync();

        Assert.Empty(book.World.CallsOf("/state/title"));
        Assert.Equal(
            """[{"operation":"upsert","request":{"key":"title","value":"Coffee"}},{"operation":"upsert","request":{"key":"pages","value":3}},{"operation":"delete","request":{"key":"year"}}]""",
            Assert.Single(book.World.CallsOf("/state")).Text);
    }

    [Fact]
    public async Task Adding_is_refused_where_there_is_something()
    {
        await using var book = await NotebookAsync(("title", "\"Tea\""));

        Assert.False(await book.State.TryAddStateAsync("title", "Coffee"));
        Assert.True(await book.State.TryAddStateAsync("pages", 3));
        Assert.False(await book.State.TryAddStateAsync("pages", 4));
        await Assert.ThrowsAsync<InvalidOperationException>(() => book.State.AddStateAsync("title", "Coffee"));
        await book.State.RemoveStateAsync("title");
        Assert.True(await book.State.TryAddStateAsync("title", "Coffee"));
        Assert.Equal(("Coffee", 3), (await book.State.GetOrAddStateAsync("title", "Milk"), await book.State.GetOrAddStateAsync("pages", 9)));
    }

    [Fact]
    public async Task What_is_added_and_removed_in_one_turn_never_was()
    {
        await using var book = await NotebookAsync();

        await book.State.AddStateAsync("pages", 3);
        Assert.True(await book.State.ContainsStateAsync("pages"));
        Assert.True(await book.State.TryRemoveStateAsync("pages"));
        Assert.False(await book.State.TryRemoveStateAsync("pages"));
        await book.State.SaveStateAsync();

        Assert.Empty(book.World.CallsOf("/state"));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => book.State.RemoveStateAsync("pages"));
    }

    [Fact]
    public async Task A_value_may_have_a_time_to_live()
    {
        await using var book = await NotebookAsync(("old", "1"));

        await book.State.SetStateAsync("draft", 1, TimeSpan.FromSeconds(90));
        await book.State.AddOrUpdateStateAsync("draft", 0, (_, count) => count + 1);
        await book.State.SetStateAsync("gone", 1, TimeSpan.Zero);
        await book.State.SaveStateAsync();

        Assert.Contains("""{"key":"draft","value":2,"metadata":{"ttlInSeconds":"90"}}""", Assert.Single(book.World.CallsOf("/state")).Text, StringComparison.Ordinal);
        Assert.False(await book.State.ContainsStateAsync("gone"));
        book.World.StateExpires = "2001-02-03T04:05:06Z";
        Assert.False((await book.State.TryGetStateAsync<int>("old")).HasValue);
    }

    [Fact]
    public async Task Unloading_reads_again_and_loses_no_change_unasked()
    {
        await using var book = await NotebookAsync(("title", "\"Tea\""));
        await book.State.GetStateAsync<string>("title");
        await book.State.UnloadStateAsync("title");
        Assert.Equal("Tea", await book.State.GetStateAsync<string>("title"));

        await book.State.SetStateAsync("title", "Coffee");
        await Assert.ThrowsAsync<InvalidOperationException>(() => book.State.UnloadStateAsync("title"));
        await book.State.UnloadStateAsync("title", new UnloadStateOptions { AllowUnloadingWhenStateModified = true });

        Assert.Equal("Tea", await book.State.GetStateAsync<string>("title"));
        Assert.Equal(3, book.World.CallsOf("/state/title").Count());
    }

    [Fact]
    public async Task Clearing_forgets_changes()
    {
        await using var book = await NotebookAsync();

        await book.State.SetStateAsync("title", "Coffee");
        await book.State.ClearCacheAsync();
        await book.State.SaveStateAsync();

        Assert.Empty(book.World.CallsOf("/state"));
    }

    [Fact]
    public async Task An_actor_made_for_a_test_has_the_tests_state()
    {
        var actor = new Notebook(ActorHost.CreateForTest<Notebook>(new ActorTestOptions { ActorId = new ActorId("n-1") }));

        Assert.Equal(("n-1", "Notebook"), (actor.Id.GetId(), actor.Host.ActorTypeInfo.ActorTypeName));
        Assert.Equal("Other", ActorHost.CreateForTest<Notebook>("Other").ActorTypeInfo.ActorTypeName);
        await Assert.ThrowsAsync<InvalidOperationException>(() => actor.StateManager.GetStateAsync<int>("pages"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => actor.StateManager.SaveStateAsync());
        Assert.Throws<NotImplementedException>(() => actor.ProxyFactory.Create(actor.Id, "Other"));
        await Assert.ThrowsAsync<NotImplementedException>(() => actor.RegisterTimerAsync("t", "OnTimer", null, TimeSpan.Zero, TimeSpan.Zero));
    }

    private static async Task<OpenNotebook> NotebookAsync(params (string Key, string Json)[] state)
    {
        var made = new TaskCompletionSource<Notebook>();
        var world = await ActorWorld.StartAsync(options => options.Actors.RegisterActor<Notebook>(registration => registration.Activator = new Watched(made)));
        foreach (var (key, json) in state)
            world.State[$"Notebook/n-1/{key}"] = json;

        await world.Proxies.CreateActorProxy<INotebook>(new ActorId("n-1"), nameof(Notebook)).OpenAsync();
        return new OpenNotebook(world, (await made.Task).StateManager);
    }

    private sealed record OpenNotebook(ActorWorld World, IActorStateManager State) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => World.DisposeAsync();
    }

    private sealed class Watched(TaskCompletionSource<Notebook> made) : DefaultActorActivator
    {
        public override async Task<ActorActivatorState> CreateAsync(ActorHost host)
        {
            var state = await base.CreateAsync(host);
            made.SetResult((Notebook)state.Actor);
            return state;
        }
    }

    public interface INotebook : IActor
    {
        Task OpenAsync();
    }

    public sealed class Notebook(ActorHost host) : Actor(host), INotebook
    {
        public Task OpenAsync() => OnTimer();

        public Task OnTimer() => Task.FromResult(Id);
    }
}
