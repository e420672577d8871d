using System.Net.Http.Json;
using Sidecar.Runtime.Faults;

namespace Sidecar.Tests.Faults;

/// <summary>Kills that wait for each other: one kill serves many keys, and each of them is struck exactly at its point.</summary>
public sealed class KillTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_group_is_killed_once_and_work_before_the_kill_does_not_happen_while_work_after_it_has()
    {
        var killed = new List<string>();
        await using var place = await FaultPlace.OpenAsync();
        place.Points.KillApp = appId =>
        {
            killed.Add(appId);
            return Task.CompletedTask;
        };
        place.Points.Arm(
            [],
            [
                new Fault("orders/state.save/before", "key-before", FaultKind.KillApp) { Id = "before", Group = "g" },
                new Fault("orders/state.save/after", "key-after", FaultKind.KillApp) { Id = "after", Group = "g" },
                new Fault("orders/state.save/before", "key-late", FaultKind.KillApp) { Id = "late", Group = "g" },
            ]);
        var saves = new Task[] { SaveAsync(place, "key-before"), SaveAsync(place, "key-after") };
        await FaultPlace.UntilAsync(() => place.Points.Standings(false).Faults.Count(fault => fault.Held) == 2);

        var struck = await place.Points.StrikeAsync("g");
        await Task.WhenAll(saves).WaitAsync(s_patience);

        Assert.Equal(["after", "before"], struck.Order());
        Assert.Equal(["orders"], killed);
        Assert.Equal("", await ValueAsync(place, "key-before"));
        Assert.Equal("1", await ValueAsync(place, "key-after"));

        // Who comes later waits for the next strike.
        var late = SaveAsync(place, "key-late");
        await FaultPlace.UntilAsync(() => place.Points.Standings(false).Faults.Single(fault => fault.Id == "late").Held);
        Assert.Equal(["late"], await place.Points.StrikeAsync("g"));
        await late.WaitAsync(s_patience);
        Assert.Equal(["orders", "orders"], killed);
        Assert.Equal("", await ValueAsync(place, "key-late"));
    }

    [Fact]
    public async Task Who_is_held_when_everything_is_forgotten_goes_on_unharmed()
    {
        await using var place = await FaultPlace.OpenAsync();
        place.Points.Arm([], [new Fault("orders/state.save/before", FaultPlace.Key, FaultKind.KillApp) { Id = "held", Group = "g" }]);
        var save = SaveAsync(place, FaultPlace.Key);
        await FaultPlace.UntilAsync(() => place.Points.Standings(false).Faults.Single().Held);

        place.Points.Clear();
        await save.WaitAsync(s_patience);

        Assert.Equal("1", await ValueAsync(place, FaultPlace.Key));
    }

    [Fact]
    public async Task A_kill_without_a_group_does_not_wait()
    {
        var killed = new List<string>();
        await using var place = await FaultPlace.OpenAsync();
        place.Points.KillApp = appId =>
        {
            killed.Add(appId);
            return Task.CompletedTask;
        };
        place.Arm(FaultKind.KillApp, "orders/state.save/after");

        await SaveAsync(place, FaultPlace.Key);

        Assert.Equal(["orders"], killed);
    }

    [Theory]
    [InlineData("abc", false)]
    [InlineData("abcd", true)]
    public void A_key_must_be_long_enough_to_be_found_by(string key, bool accepted)
    {
        var points = new FaultPoints(TimeProvider.System);

        Assert.Equal(accepted, Record.Exception(() => points.Arm([key], [])) is null);
    }

    [Fact]
    public async Task Work_on_several_keys_at_once_is_nobodys_passage()
    {
        await using var place = await FaultPlace.OpenAsync();
        place.Points.Arm(["key-1", "key-2"], []);

        await place.Sidecar.Http.PostAsJsonAsync(
            FaultPlace.At("v1.0/state/statestore/transaction"),
            new { operations = new[] { "key-1", "key-2" }.Select(key => new { operation = "upsert", request = new { key, value = 1 } }) });

        Assert.All(place.Points.Standings(true).Keys, key => Assert.Empty(key.Passages!));
    }

    private static Task<HttpResponseMessage> SaveAsync(FaultPlace place, string key) =>
        place.Sidecar.Http.PostAsJsonAsync(FaultPlace.At("v1.0/state/statestore"), new[] { new { key, value = 1 } });

    private static Task<string> ValueAsync(FaultPlace place, string key) => place.Sidecar.Http.GetStringAsync(FaultPlace.At($"v1.0/state/statestore/{key}"));
}
