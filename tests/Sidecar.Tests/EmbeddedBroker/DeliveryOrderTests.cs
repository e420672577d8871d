using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Conformance;
using Sidecar.Components.EmbeddedPubSub;
using Sidecar.Runtime.PubSub;
using BulkDelivery = Sidecar.Components.EmbeddedPubSub.BulkDelivery;

namespace Sidecar.Tests.EmbeddedBroker;

public sealed class DeliveryOrderTests
{
    private static readonly SubscriberOptions s_quick = new() { RedeliverInterval = TimeSpan.FromMilliseconds(1) };

    [Fact]
    public async Task One_key_keeps_its_order_while_keys_run_in_parallel_on_competing_instances()
    {
        await using var place = await BrokerPlace.OpenAsync();
        var inbox = new Inbox();
        var running = new ConcurrentDictionary<string, int>();
        var overlaps = 0;
        inbox.Handle = async message =>
        {
            var key = message.Metadata["partitionKey"];
            if (running.AddOrUpdate(key, 1, (_, count) => count + 1) > 1)
                Interlocked.Increment(ref overlaps);
            await Task.Yield();
            running.AddOrUpdate(key, 0, (_, count) => count - 1);
        };
        await using var one = place.Broker.Subscribe("orders", "app", s_quick, inbox.HandleAsync);
        await using var two = place.Broker.Subscribe("orders", "app", s_quick, inbox.HandleAsync);
        for (var i = 0; i < 40; i++)
        {
            await place.Broker.PublishAsync([.. Enumerable.Range(0, 20).Select(key => BrokerPlace.Message("orders", $"{key}:{i}", $"key{key}"))], default);
        }

        await inbox.WaitForAsync(800);
        Assert.Equal(0, overlaps);
        foreach (var byKey in inbox.Texts.Select(text => text.Split(':')).GroupBy(parts => parts[0]))
        {
            Assert.Equal(Enumerable.Range(0, 40), byKey.Select(parts => int.Parse(parts[1], CultureInfo.InvariantCulture)));
        }
    }

    [Fact]
    public async Task Instances_of_one_group_share_the_messages_and_each_message_goes_to_one_of_them()
    {
        await using var place = await BrokerPlace.OpenAsync();
        var (first, second) = (new Inbox(), new Inbox());
        var both = new TaskCompletionSource();
        var inside = 0;
        Task MeetAsync(PubSubMessage message)
        {
            if (Interlocked.Increment(ref inside) == 2)
                both.SetResult();
            return both.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }

        first.Handle = second.Handle = MeetAsync;
        var options = s_quick with { Concurrency = 1 };
        var one = place.Broker.Subscribe("orders", "app", options, first.HandleAsync);
        var two = place.Broker.Subscribe("orders", "app", options, second.HandleAsync);
        await place.PublishAsync("orders", "a");
        await place.PublishAsync("orders", "b");
        await Task.WhenAll(first.WaitForAsync(1), second.WaitForAsync(1));
        await one.DisposeAsync();
        await two.DisposeAsync();
        Assert.Equal(["a", "b"], first.Texts.Concat(second.Texts).Order());
        Assert.Equal(0, Assert.Single(place.Broker.Status()).Pending);
    }

    [Fact]
    public async Task A_failing_key_holds_up_only_its_own_messages_and_comes_again_after_growing_pauses()
    {
        var clock = new SteppedClock();
        await using var place = await BrokerPlace.OpenAsync(time: clock);
        var inbox = new Inbox();
        var failures = new BlockingCollection<string>();
        var broken = true;
        inbox.Handle = message =>
        {
            if (!broken || message.Metadata["partitionKey"] != "bad")
                return Task.CompletedTask;
            failures.Add(Encoding.UTF8.GetString(message.Data.Span));
            throw new InvalidOperationException("not now");
        };
        await using var subscription = place.Broker.Subscribe("orders", "app", new SubscriberOptions { RedeliverInterval = TimeSpan.FromSeconds(1) }, inbox.HandleAsync);
        await place.PublishAsync("orders", "bad 1", "bad");
        await place.PublishAsync("orders", "bad 2", "bad");
        await place.PublishAsync("orders", "good", "other");
        await inbox.WaitForAsync(1);
        Assert.Equal(["good"], inbox.Texts);
        Assert.Equal("bad 1", failures.Take());

        await StepUntilFailureAsync(TimeSpan.FromSeconds(1));
        await StepUntilFailureAsync(TimeSpan.FromSeconds(2));
        broken = false;
        var all = inbox.WaitForAsync(3);
        while (!all.IsCompleted)
        {
            clock.Step(TimeSpan.FromSeconds(4));
            await Task.Yield();
        }

        await all;
        Assert.Equal(["good", "bad 1", "bad 2"], inbox.Texts);

        async Task StepUntilFailureAsync(TimeSpan step)
        {
            // The pause begins when the failure is settled, which is a moment after the handler threw.
            string? failed;
            while (!failures.TryTake(out failed))
            {
                clock.Step(step);
                await Task.Yield();
            }

            Assert.Equal("bad 1", failed);
        }
    }

    [Fact]
    public async Task A_message_is_given_up_after_maxDeliver_deliveries_and_can_be_revived()
    {
        await using var place = await BrokerPlace.OpenAsync();
        var inbox = new Inbox();
        var broken = true;
        inbox.Handle = message => broken && Encoding.UTF8.GetString(message.Data.Span) == "poison" ? throw new InvalidOperationException("cannot") : Task.CompletedTask;
        await using var subscription = place.Broker.Subscribe("orders", "app", s_quick with { MaxDeliver = 3 }, inbox.HandleAsync);
        await place.PublishAsync("orders", "poison", "k");
        await place.PublishAsync("orders", "next", "k");
        await inbox.WaitForAsync(1);
        Assert.Equal(["next"], inbox.Texts);
        var dead = Assert.Single(Assert.Single(place.Broker.Status()).Dead);
        Assert.Equal((3, "cannot"), (dead.Deliveries, dead.Reason));
        Assert.Equal("poison"u8.ToArray(), Assert.Single(place.Broker.Dead("orders", "app")).Data.ToArray());

        broken = false;
        Assert.Equal(1, place.Broker.ResolveDead("orders", "app", revive: true));
        await inbox.WaitForAsync(2);
        Assert.Equal(["next", "poison"], inbox.Texts);
    }

    [Fact]
    public async Task A_group_far_behind_gets_everything_from_the_log_without_holding_it_in_memory()
    {
        var options = new EmbeddedBrokerOptions { QueueDepth = 10, SegmentSize = 8192 };
        await using var place = await BrokerPlace.OpenAsync(options);
        var inbox = new Inbox();
        var release = new TaskCompletionSource();
        inbox.Handle = _ => release.Task;
        await using var subscription = place.Broker.Subscribe("orders", "app", s_quick, inbox.HandleAsync);
        for (var i = 0; i < 500; i++)
        {
            await place.PublishAsync("orders", i.ToString(CultureInfo.InvariantCulture), "k" + (i % 7));
        }

        var status = Assert.Single(place.Broker.Status());
        Assert.Equal(500, status.Pending);
        Assert.InRange(status.Queued, 1, 10);
        release.SetResult();
        await inbox.WaitForAsync(500);
        foreach (var byKey in inbox.Texts.Select(text => int.Parse(text, CultureInfo.InvariantCulture)).GroupBy(number => number % 7))
        {
            Assert.Equal(byKey.Order(), byKey);
        }

        Assert.Equal(500, inbox.Texts.Distinct().Count());
    }

    [Fact]
    public async Task A_message_whose_time_is_over_is_not_delivered()
    {
        var clock = new SteppedClock();
        await using var place = await BrokerPlace.OpenAsync(time: clock);
        await place.PublishAsync("orders", "old", "k", ttl: "5");
        await place.PublishAsync("orders", "fresh", "k", ttl: "60");
        clock.Step(TimeSpan.FromSeconds(10));
        var inbox = new Inbox();
        await using var subscription = place.Broker.Subscribe("orders", "app", s_quick, inbox.HandleAsync);
        await inbox.WaitForAsync(1);
        Assert.Equal(["fresh"], inbox.Texts);
        await Assert.ThrowsAsync<ArgumentException>(() => place.PublishAsync("orders", "x", ttl: "soon"));
    }

    [Fact]
    public async Task A_bulk_subscriber_gets_full_batches_and_only_failed_messages_come_again()
    {
        await using var place = await BrokerPlace.OpenAsync();
        var inbox = new Inbox();
        var batches = new ConcurrentQueue<int>();
        var failedOnce = 0;
        inbox.Handle = message => Encoding.UTF8.GetString(message.Data.Span) == "7" && Interlocked.Exchange(ref failedOnce, 1) == 0
            ? throw new InvalidOperationException("once")
            : Task.CompletedTask;
        await using var subscription = place.Broker.SubscribeBulk("orders", "app", s_quick, new BulkDelivery(10, TimeSpan.FromMilliseconds(20), (messages, token) =>
        {
            batches.Enqueue(messages.Count);
            return inbox.HandleBulkAsync(messages, token);
        }));
        await place.Broker.PublishAsync([.. Enumerable.Range(0, 30).Select(i => BrokerPlace.Message("orders", i.ToString(CultureInfo.InvariantCulture), "k" + (i % 3)))], default);
        await inbox.WaitForAsync(30);
        Assert.Equal(Enumerable.Range(0, 30), inbox.Texts.Select(text => int.Parse(text, CultureInfo.InvariantCulture)).Order());
        Assert.Contains(10, batches);
        Assert.All(batches, size => Assert.InRange(size, 1, 10));
    }

    [Fact]
    public async Task A_disk_that_cannot_be_written_is_the_publishers_to_know()
    {
        await using var place = await BrokerPlace.OpenAsync(new EmbeddedBrokerOptions { SegmentSize = 4096 });
        await place.PublishAsync("orders", new string('x', 5000));
        Directory.Move(place.Folder, place.Folder + "-away");
        try
        {
            var error = await Assert.ThrowsAsync<IOException>(() => place.PublishAsync("orders", "y"));
            Assert.Contains(place.Folder, error.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Move(place.Folder + "-away", place.Folder);
        }

        await place.PublishAsync("orders", "z");
        await place.ReopenAsync();
        var inbox = new Inbox();
        await using var subscription = place.Broker.Subscribe("orders", "app", s_quick, inbox.HandleAsync);
        await inbox.WaitForAsync(2);
        Assert.DoesNotContain("y", inbox.Texts);
    }
}
