using System.Net;
using Sidecar.Components.InMemoryPubSub;
using Sidecar.Runtime.PubSub;
using Sidecar.Tests.Hosting;
using Broker = Sidecar.Components.EmbeddedPubSub.EmbeddedBroker;

namespace Sidecar.Tests.PubSub;

/// <summary>A slow subscriber: others go on, and what waits for it waits on disk or with its publisher, not in memory without end.</summary>
public sealed class PressureTests
{
    private const string Subscription = """[{"pubsubname":"pubsub","topic":"orders","route":"/orders"}]""";

    [Fact]
    public async Task A_stuck_order_holds_back_only_itself_and_the_broker_keeps_no_more_in_memory_than_its_limit()
    {
        await using var place = await PubSubPlace.StartAsync(Subscription, metadata: new() { ["concurrency"] = "4", ["queueDepth"] = "20" });
        var broker = Broker.Of(place.Sidecar.Context.Components.PubSubs["pubsub"].Instance)!;
        TaskCompletionSource stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int underWay = 0, most = 0, inMemory = 0;
        place.App.BeforeAnswer = async received =>
        {
            most = Math.Max(most, Interlocked.Increment(ref underWay));
            inMemory = Math.Max(inMemory, broker.Status()[0].Queued);
            if (received.Json.GetProperty("data").GetString() == "stuck")
                await stuck.Task;
            Interlocked.Decrement(ref underWay);
        };

        await PublishAsync(place, "stuck", "a");
        for (var i = 0; i < 300; i++)
            await PublishAsync(place, $"{i}", i % 5 == 0 ? $"key-{i}" : "b");
        await place.App.WaitForAsync(300);

        // The last answers may still be on their way to the broker.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (broker.Status()[0] is not { Pending: 1, InDelivery: 1 })
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        Assert.InRange(most, 1, 4);
        Assert.InRange(inMemory, 1, 20);
        stuck.SetResult();
        await place.App.WaitForAsync(301);
    }

    [Fact]
    public async Task More_messages_of_stuck_orders_than_the_limit_hold_back_the_rest_on_disk_until_they_move()
    {
        await using var place = await PubSubPlace.StartAsync(Subscription, metadata: new() { ["queueDepth"] = "10" });
        var broker = Broker.Of(place.Sidecar.Context.Components.PubSubs["pubsub"].Instance)!;
        TaskCompletionSource stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);
        place.App.BeforeAnswer = received => received.Json.GetProperty("data").GetString() == "stuck" ? stuck.Task : Task.CompletedTask;

        for (var i = 0; i < 30; i++)
            await PublishAsync(place, "stuck", "a");
        await PublishAsync(place, "behind", "b");

        Assert.Equal((31L, 10), (broker.Status()[0].Pending, broker.Status()[0].Queued));
        Assert.Empty(place.App.Received);
        stuck.SetResult();
        await place.App.WaitForAsync(31);
    }

    [Fact]
    public async Task The_bus_in_memory_refuses_its_publisher_when_a_subscriber_is_too_far_behind()
    {
        var time = new SteppedTime();
        await using var place = await PubSubPlace.StartAsync(Subscription, "pubsub.in-memory", time: time);
        var bus = place.Sidecar.Context.Components.PubSubs["pubsub"].Instance;
        TaskCompletionSource stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        place.App.BeforeAnswer = _ =>
        {
            begun.TrySetResult();
            return stuck.Task;
        };
        var message = new PubSubMessage("orders", """{"id":"1","data":"x"}"""u8.ToArray(), new Dictionary<string, string>());

        await bus.PublishAsync(message, default);
        await begun.Task;
        for (var i = 0; i < InMemorySubscription.Depth; i++)
            await bus.PublishAsync(message, default);
        var waiting = place.PublishAsync("orders", "1");
        await time.AdvanceToTimerAsync(InMemorySubscription.Patience);
        using var refused = await waiting;

        Assert.Equal(HttpStatusCode.InternalServerError, refused.StatusCode);
        Assert.Contains("10000 messages behind", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var patient = place.PublishAsync("orders", "2");
        stuck.SetResult();
        using var taken = await patient;
        Assert.Equal(HttpStatusCode.NoContent, taken.StatusCode);
    }

    private static async Task PublishAsync(PubSubPlace place, string text, string key)
    {
        using var answer = await place.PublishAsync("orders", text, "text/plain", $"?metadata.partitionKey={key}");
        answer.EnsureSuccessStatusCode();
    }
}
