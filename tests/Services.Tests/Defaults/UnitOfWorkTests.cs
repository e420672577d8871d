using System.Net.Http.Json;
using ServiceDefaults;
using ServiceDefaults.State;
using Sidecar.Runtime.Faults;
using Sidecar.Testing;

namespace Services.Tests.Defaults;

/// <summary>The unit of work, its inbox and its outbox against a real sidecar, SQLite and the durable broker.</summary>
public sealed class UnitOfWorkTests : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private CountingPlace _place = null!;

    public async Task InitializeAsync() => _place = await CountingPlace.StartAsync();

    public Task DisposeAsync() => _place.DisposeAsync().AsTask();

    [Fact]
    public async Task State_inbox_and_outbox_are_saved_together()
    {
        await using var replica = new Replica(_place.WithoutBroker);

        await replica.CountAsync("a", Origin.Message("m-1"));

        Assert.Equal(1, (await replica.Work.FindAsync<Replica.Count>("a", default))!.Value);
        Assert.True(await replica.ExistsAsync("inbox-m-1"));
        Assert.Equal(["a:1"], (await replica.OutboxAsync("a")).Select(record => record.Id));
    }

    [Fact]
    public async Task Nothing_is_saved_when_the_store_refuses_one_part()
    {
        await using var replica = new Replica(_place.First);
        await replica.CountAsync("a", Origin.Call);

        // A document that must not exist does: no reading again will change that.
        await Assert.ThrowsAsync<MissingDependencyException>(() => replica.Work.RunAsync(
            new Work("b", Origin.Message("m-1"), "b"),
            changes =>
            {
                changes.Create("a", new Replica.Count(100));
                changes.Put("b", new Replica.Count(1));
                changes.Publish(new Counted("b", 1));
                return 0;
            },
            default));

        Assert.Equal(1, (await replica.Work.FindAsync<Replica.Count>("a", default))!.Value);
        Assert.False(await replica.ExistsAsync("b"));
        Assert.False(await replica.ExistsAsync("inbox-m-1"));
        Assert.Equal(["a"], (await _place.HeardAsync()).Select(heard => heard.OrderId));
    }

    [Fact]
    public async Task What_is_committed_is_published_under_the_orders_key()
    {
        await using var replica = new Replica(_place.First);

        await replica.CountAsync("a", Origin.Call);

        Assert.Equal([new Heard("a:1", "a", 1, "a")], await _place.HeardAsync());
    }

    [Fact]
    public async Task A_repeat_of_a_message_changes_nothing_and_says_nothing()
    {
        await using var first = new Replica(_place.First);
        await using var second = new Replica(_place.Second);

        await first.CountAsync("a", Origin.Message("m-1"));
        await first.CountAsync("a", Origin.Message("m-1"));
        await second.CountAsync("a", Origin.Message("m-1"));

        Assert.Equal(1, (await second.Work.FindAsync<Replica.Count>("a", default))!.Value);
        Assert.Single(await _place.HeardAsync());
    }

    [Fact]
    public async Task A_conflict_is_decided_again_on_what_is_there_now()
    {
        await using var replica = new Replica(_place.First);
        var attempts = 0;

        var count = await replica.CountAsync("a", Origin.Call, () =>
        {
            if (++attempts == 1)
            {
                // Somebody else saves the document between our reading and our saving.
                using var request = new HttpRequestMessage(HttpMethod.Post, "v1.0/state/statestore") { Content = JsonContent.Create(new[] { new { key = "a", value = new { value = 41 } } }) };
                using var saved = _place.Second.Http.Send(request);
                saved.EnsureSuccessStatusCode();
            }
        });

        Assert.Equal((2, 42), (attempts, count));
        Assert.Equal(["a:42"], (await _place.HeardAsync()).Select(heard => heard.Id));
    }

    [Fact]
    public async Task Orders_that_share_a_document_take_turns_and_refuse_each_other_nothing()
    {
        await using var replica = new Replica(_place.First);
        var attempts = 0;

        await Task.WhenAll(Enumerable.Range(0, 12).Select(number => replica.CountAsync($"order-{number}", "mug", () => Interlocked.Increment(ref attempts))));

        Assert.Equal((12, 12), (attempts, (await replica.Work.FindAsync<Replica.Count>("mug", default))!.Value));
    }

    [Fact]
    public async Task An_event_that_waits_for_its_broker_holds_up_no_other_order()
    {
        var (points, clock) = (new FaultPoints(new TestClock()), new TestClock());
        await using var sidecar = await TestSidecar.For("counting").WithoutApp().WithSqliteState("statestore").WithEmbeddedPubSub("pubsub").WithFaults(points).StartAsync();
        await using var replica = new Replica(sidecar, clock);
        points.Arm([], [new Fault("counting/publish:counts.counted.v1/before", "order-held", FaultKind.KillApp) { Group = "never struck" }]);

        var held = replica.CountAsync("order-held", "mug", () => { });
        while (!points.Standings(withPassages: false).Faults.Any(fault => fault.Held))
        {
            Assert.False(held.IsCompleted, "the broker held nothing");
            await Task.Delay(1);
        }

        // Both change the same document.
        await replica.CountAsync("order-other", "mug", () => { }).WaitAsync(_patience);

        Assert.False(held.IsCompleted);
        points.Clear();
        await held.WaitAsync(_patience);
    }

    [Fact]
    public async Task What_a_crash_left_unpublished_is_published_at_the_next_start()
    {
        var clock = new TestClock();
        await using (var crashed = new Replica(_place.WithoutBroker, clock))
        {
            await crashed.CountAsync("a", Origin.Call);
            await crashed.CountAsync("a", Origin.Call);
        }

        Assert.Empty(await _place.HeardAsync());
        clock.Advance(TimeSpan.FromSeconds(6));
        await using var restarted = new Replica(_place.First, clock);
        using var relay = restarted.Relay();
        await relay.StartAsync(default);

        Assert.Equal(["a:1", "a:2"], (await _place.HeardAsync(atLeast: 2)).Select(heard => heard.Id));

        // And the record is cleared, soon after.
        using var patience = new CancellationTokenSource(_patience);
        while ((await restarted.OutboxAsync("a")).Count > 0)
        {
            patience.Token.ThrowIfCancellationRequested();
        }

        await relay.StopAsync(default);
    }

    [Fact]
    public async Task A_later_commit_of_another_replica_publishes_what_a_crash_left_first()
    {
        await using (var crashed = new Replica(_place.WithoutBroker))
        {
            await crashed.CountAsync("a", Origin.Call);
        }

        await using var other = new Replica(_place.Second);
        await other.CountAsync("a", Origin.Call);

        Assert.Equal(["a:1", "a:2"], (await _place.HeardAsync()).Select(heard => heard.Id));
    }

    [Fact]
    public async Task Two_replicas_under_contention_lose_nothing_and_keep_the_order_of_each_key()
    {
        const int Each = 20;
        await using var first = new Replica(_place.First);
        await using var second = new Replica(_place.Second);

        await Task.WhenAll(
            from replica in new[] { first, second } from order in new[] { "a", "b" } from _ in Enumerable.Range(0, Each) select replica.CountAsync(order, Origin.Call));

        var heard = await _place.HeardAsync();
        foreach (var order in new[] { "a", "b" })
        {
            // A repeat is allowed, and recognised by its id; what is new never comes after what is newer.
            Assert.Equal(Enumerable.Range(1, 2 * Each), heard.Where(message => message.OrderId == order).Select(message => message.Value).Distinct());
        }
    }
}
