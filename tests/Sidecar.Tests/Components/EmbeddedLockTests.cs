using Conformance;
using Sidecar.Components.EmbeddedLock;
using Sidecar.Runtime.Locks;
using Sidecar.Testing;

namespace Sidecar.Tests.Components;

/// <summary>Locks in the memory of the host.</summary>
public sealed class EmbeddedLockTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);
    private readonly ComponentPlace _place = new();
    private readonly TestClock _clock = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Fact]
    public async Task Of_many_who_want_a_lock_one_gets_it_whichever_sidecar_they_ask()
    {
        await using var one = await OpenAsync("one");
        await using var other = await OpenAsync("other");

        var got = await Task.WhenAll(Enumerable.Range(0, 50).Select(owner => Task.Run(async () => await (owner % 2 == 0 ? one : other).TryLockAsync("cake", $"{owner}", s_minute, None))));

        Assert.Single(got, taken => taken);
    }

    [Fact]
    public async Task Only_the_owner_gives_it_back_and_even_the_owner_does_not_get_it_twice()
    {
        await using var store = await OpenAsync();

        Assert.Equal(UnlockStatus.LockDoesNotExist, await store.UnlockAsync("cake", "me", None));
        Assert.True(await store.TryLockAsync("cake", "me", s_minute, None));
        Assert.False(await store.TryLockAsync("cake", "me", s_minute, None));
        Assert.Equal(UnlockStatus.LockBelongsToOthers, await store.UnlockAsync("cake", "you", None));
        Assert.Equal(UnlockStatus.Success, await store.UnlockAsync("cake", "me", None));
        Assert.True(await store.TryLockAsync("cake", "you", s_minute, None));
    }

    [Fact]
    public async Task A_lock_that_lapsed_is_nobodys()
    {
        await using var store = await OpenAsync();
        await store.TryLockAsync("cake", "me", s_minute, None);

        _clock.Advance(s_minute);

        Assert.Equal(UnlockStatus.LockDoesNotExist, await store.UnlockAsync("cake", "me", None));
        Assert.True(await store.TryLockAsync("cake", "you", s_minute, None));
        Assert.Equal(UnlockStatus.LockBelongsToOthers, await store.UnlockAsync("cake", "me", None));
    }

    [Fact]
    public void Locks_that_lapsed_and_that_nobody_asks_for_again_take_no_room()
    {
        var table = new LockTable(_clock);
        for (var i = 0; i < 100_000; i++)
        {
            table.TryTake($"cake {i}", "me", TimeSpan.FromSeconds(1));
            if (i % 100 == 0)
                _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(table.Count, 1, 2_000);
    }

    private Task<ILockStore> OpenAsync(string appId = "app") => _place.MakeAsync<ILockStore>("lock.embedded", [], _clock, appId);
}
