using System.Text;
using Conformance;
using Sidecar.Components.EmbeddedPubSub;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Tests.EmbeddedBroker;

/// <summary>Dead letters stay in the broker until a person replays or discards them.</summary>
public sealed class DeadLetterTests
{
    private static readonly SubscriberOptions s_quick = new() { RedeliverInterval = TimeSpan.FromMilliseconds(1) };
    private static readonly SubscriberOptions s_twice = s_quick with { MaxDeliver = 2 };
    private static readonly DeadLetterOrigin s_origin = new("orders", "shipping", "the app answers DROP");

    [Fact]
    public async Task A_dead_letter_says_where_it_comes_from_and_why_also_after_a_restart()
    {
        await using var place = await BrokerPlace.OpenAsync();
        await DieAsync(place, "a");
        await place.ReopenAsync();

        var letter = Assert.Single(place.Broker.DeadLetters());
        Assert.Equal(("dead-orders/1", s_origin), (letter.Id.ToString(), letter.Origin));
        Assert.Equal(("a", "dead-orders"), (Encoding.UTF8.GetString(letter.Message.Data.Span), letter.Message.Topic));
    }

    [Fact]
    public async Task It_stays_although_everybody_who_hears_the_dead_letter_topic_has_acknowledged_it()
    {
        var options = new EmbeddedBrokerOptions { SegmentSize = 4096 };
        await using var place = await BrokerPlace.OpenAsync(options);
        var inbox = new Inbox();
        await using var subscription = place.Broker.Subscribe("dead-orders", "people", s_quick, inbox.HandleAsync);
        await DieAsync(place, "a");
        for (var i = 0; i < 20; i++)
            await place.PublishAsync("dead-orders", new string('x', 1000));
        await inbox.WaitForAsync(21);
        Assert.Equal("orders", inbox.Messages.Single(message => Encoding.UTF8.GetString(message.Data.Span) == "a").Metadata["deadletter-topic"]);
        await subscription.DisposeAsync();
        await place.ReopenAsync(options);

        Assert.Equal("dead-orders/1", Assert.Single(place.Broker.DeadLetters()).Id.ToString());
        Assert.True(place.Broker.Discard(new LetterId("dead-orders", 1)));
        await place.ReopenAsync(options);
        Assert.Empty(place.Broker.DeadLetters());
        Assert.Single(Directory.GetFiles(place.Folder, "*.log"));
    }

    [Fact]
    public async Task A_replay_goes_once_to_the_group_that_failed_and_to_nobody_else()
    {
        await using var place = await BrokerPlace.OpenAsync();
        Inbox shipping = new(), billing = new();
        await using var one = place.Broker.Subscribe("orders", "shipping", s_quick, shipping.HandleAsync);
        await using var two = place.Broker.Subscribe("orders", "billing", s_quick, billing.HandleAsync);
        await DieAsync(place, "a");
        var id = place.Broker.DeadLetters()[0].Id;

        var replays = await Task.WhenAll(place.Broker.ReplayAsync(id, default), place.Broker.ReplayAsync(id, default));
        await place.PublishAsync("orders", "after");
        await Task.WhenAll(shipping.WaitForAsync(2), billing.WaitForAsync(1));

        Assert.Equal([false, true], replays.Order());
        Assert.Equal(["a", "after"], shipping.Texts.Order());
        Assert.Equal(["after"], billing.Texts);
        Assert.Equal("k", shipping.Messages.Single(message => Encoding.UTF8.GetString(message.Data.Span) == "a").Metadata["partitionKey"]);
        Assert.Empty(place.Broker.DeadLetters());
        Assert.False(await place.Broker.ReplayAsync(id, default));
    }

    [Fact]
    public async Task A_crash_after_a_replay_neither_repeats_nor_forgets_it()
    {
        await using var place = await BrokerPlace.OpenAsync();
        var before = new Inbox();
        await place.Broker.Subscribe("orders", "shipping", s_quick, before.HandleAsync).DisposeAsync();
        await place.Broker.Subscribe("orders", "billing", s_quick, before.HandleAsync).DisposeAsync();
        await DieAsync(place, "a");
        await place.Broker.ReplayAsync(new LetterId("dead-orders", 1), default);
        // Without the journal, which is written later than the log: the replay itself says what it settles.
        var copy = place.CopyFiles();
        await place.OpenCopyAsync(copy);

        Assert.Empty(place.Broker.DeadLetters());
        Inbox shipping = new(), billing = new();
        await using var one = place.Broker.Subscribe("orders", "shipping", s_quick, shipping.HandleAsync);
        await using var two = place.Broker.Subscribe("orders", "billing", s_quick, billing.HandleAsync);
        await place.PublishAsync("orders", "after");
        await Task.WhenAll(shipping.WaitForAsync(2), billing.WaitForAsync(1));
        Assert.Equal(["after"], billing.Texts);
    }

    [Fact]
    public async Task A_group_that_comes_later_does_not_get_the_replays_of_others()
    {
        await using var place = await BrokerPlace.OpenAsync();
        var shipping = new Inbox();
        await using var one = place.Broker.Subscribe("orders", "shipping", s_quick, shipping.HandleAsync);
        await DieAsync(place, "a");
        await place.Broker.ReplayAsync(new LetterId("dead-orders", 1), default);
        await place.PublishAsync("orders", "after");
        await shipping.WaitForAsync(2);

        var late = new Inbox();
        await using var two = place.Broker.Subscribe("orders", "late", s_quick, late.HandleAsync);
        await late.WaitForAsync(1);
        Assert.Equal(["after"], late.Texts);
        await UntilAsync(() => place.Broker.Status().All(group => group.Pending == 0));
    }

    [Fact]
    public async Task What_the_broker_gave_up_itself_is_listed_for_its_group_and_replayed_in_place()
    {
        await using var place = await BrokerPlace.OpenAsync();
        var inbox = new Inbox { Handle = _ => throw new InvalidOperationException("no room") };
        await using var subscription = place.Broker.Subscribe("orders", "shipping", s_twice, inbox.HandleAsync);
        await place.PublishAsync("orders", "a");
        await UntilAsync(() => place.Broker.DeadLetters().Count == 1);

        var letter = place.Broker.DeadLetters()[0];
        Assert.Equal(("orders/1@shipping", "orders", "shipping", 2), (letter.Id.ToString(), letter.Origin.Topic, letter.Origin.Group, letter.Deliveries));
        Assert.Equal("no room", letter.Origin.Reason);
        inbox.Handle = _ => Task.CompletedTask;
        Assert.True(await place.Broker.ReplayAsync(letter.Id, default));
        await inbox.WaitForAsync(1);
        Assert.Empty(place.Broker.DeadLetters());
    }

    [Fact]
    public async Task A_topic_keeps_so_many_dead_letters_and_then_lets_the_oldest_go()
    {
        await using var place = await BrokerPlace.OpenAsync(new EmbeddedBrokerOptions { DeadLetterDepth = 2 });
        foreach (var text in new[] { "a", "b", "c" })
            await DieAsync(place, text);

        Assert.Equal(["dead-orders/2", "dead-orders/3"], place.Broker.DeadLetters().Select(letter => letter.Id.ToString()));
    }

    [Fact]
    public async Task A_replay_for_a_group_that_is_gone_is_refused_and_stays()
    {
        await using var place = await BrokerPlace.OpenAsync();
        await DieAsync(place, "a");

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => place.Broker.ReplayAsync(new LetterId("dead-orders", 1), default));
        Assert.Contains("group 'shipping' of topic 'orders'", refusal.Message, StringComparison.Ordinal);
        Assert.Single(place.Broker.DeadLetters());
    }

    [Theory]
    [InlineData("a/b/12", "a/b", 12, null)]
    [InlineData("orders/3@shipping", "orders", 3, "shipping")]
    public void A_letter_s_name_can_be_read_back(string text, string topic, long sequence, string? group)
    {
        Assert.True(LetterId.TryParse(text, out var id));
        Assert.Equal((new LetterId(topic, sequence, group), text), (id, id.ToString()));
    }

    [Fact]
    public async Task The_oldest_message_that_waits_for_a_group_is_known()
    {
        var time = new SteppedClock();
        await using var place = await BrokerPlace.OpenAsync(time: time);
        var stuck = new TaskCompletionSource();
        var inbox = new Inbox { Handle = message => Encoding.UTF8.GetString(message.Data.Span) == "stuck" ? stuck.Task : Task.CompletedTask };
        await using var subscription = place.Broker.Subscribe("orders", "shipping", s_quick, inbox.HandleAsync);
        await place.PublishAsync("orders", "done");
        await inbox.WaitForAsync(1);
        time.Step(TimeSpan.FromMinutes(1));
        var since = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        await place.PublishAsync("orders", "stuck");

        Assert.Equal(since, Assert.Single(place.Broker.OldestPending()).Value);
        stuck.SetResult();
        await UntilAsync(() => place.Broker.OldestPending().Count == 0);
    }

    private static Task DieAsync(BrokerPlace place, string text) =>
        place.Broker.PublishAsync([BrokerPlace.Message("dead-orders", text, key: "k") with { Origin = s_origin }], default);

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
