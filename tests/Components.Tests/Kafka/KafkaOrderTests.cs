using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Conformance;
using Sidecar.Runtime.PubSub;

namespace Components.Tests.Kafka;

/// <summary>Partitions, their order and their moves between instances; on librdkafka's mock cluster (not Apache Kafka), or on the real one that <c>KAFKA_BROKERS</c> names.</summary>
[NeedsServer("kafka")]
public sealed class KafkaOrderTests(KafkaPlace kafka) : IClassFixture<KafkaPlace>
{
    private static readonly Dictionary<string, string> s_nothing = [];
    private readonly string _topic = $"order-{Guid.NewGuid():N}"[..14];

    [ConformanceFact]
    public async Task Order_per_key_holds_while_partitions_move_to_a_second_instance_and_back()
    {
        const int keys = 8, perKey = 60;
        var (books, handled) = (new ConcurrentDictionary<string, Book>(), new Inbox());
        await using var publisher = await kafka.OpenAsync("publisher");
        await using var first = await kafka.OpenAsync(_topic);
        await using var one = await SubscribeAsync(first, Handle);
        var publishing = PublishAsync(publisher, keys, 0, perKey / 3);
        await handled.WaitForAsync(keys);

        var second = await kafka.OpenAsync(_topic);
        var secondHas = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var two = await SubscribeAsync(second, async (message, token) =>
        {
            secondHas.TrySetResult();
            await Handle(message, token);
        });
        await publishing;
        using (var enough = new CancellationTokenSource())
        {
            // Something to handle on every partition until the second instance has one.
            var more = Task.Run(async () =>
            {
                for (var key = 0; !enough.IsCancellationRequested; key++)
                {
                    await publisher.PublishAsync(new PubSubMessage(_topic, "-1"u8.ToArray(), new Dictionary<string, string> { ["partitionKey"] = $"filler-{key}" }), CancellationToken.None);
                }
            });
            await secondHas.Task.WaitAsync(TimeSpan.FromSeconds(60));
            await enough.CancelAsync();
            await more;
        }

        await PublishAsync(publisher, keys, perKey / 3, perKey * 2 / 3);
        await two.DisposeAsync();
        await second.DisposeAsync();
        await PublishAsync(publisher, keys, perKey * 2 / 3, perKey);
        await Task.WhenAll(Enumerable.Range(0, keys).Select(key => books.GetOrAdd($"key-{key}", _ => new Book()).HasReached(perKey - 1).WaitAsync(TimeSpan.FromSeconds(60))));

        foreach (var book in books.Values.Where(book => book.Numbers[0] >= 0))
        {
            Assert.Equal(Enumerable.Range(0, perKey), book.Numbers.Distinct());
            Assert.False(book.Overlapped, "two deliveries of one key ran at once");
        }

        async Task Handle(PubSubMessage message, CancellationToken cancellationToken)
        {
            var book = books.GetOrAdd(message.Metadata["__key"], _ => new Book());
            using (book.Enter())
            {
                await Task.Yield();
                book.Add(int.Parse(message.Data.Span, CultureInfo.InvariantCulture));
            }

            await handled.HandleAsync(message, cancellationToken);
        }
    }

    [ConformanceFact]
    public async Task A_message_that_fails_holds_up_its_partition_and_no_other()
    {
        var (failing, held, inbox) = (true, new TaskCompletionSource(), new Inbox());
        await using var publisher = await kafka.OpenAsync("publisher");
        await using var component = await kafka.OpenAsync(_topic);
        await using var subscription = await SubscribeAsync(component, async (message, token) =>
        {
            if (Volatile.Read(ref failing) && message.Metadata["__partition"] == "0")
            {
                held.TrySetResult();
                throw new InvalidOperationException("not now");
            }

            await inbox.HandleAsync(message, token);
        });
        var keys = Enumerable.Range(0, 200).Select(key => $"{key}").ToList();
        await Task.WhenAll(keys.Select(key => publisher.PublishAsync(Message(key, key), CancellationToken.None).AsTask()));
        var elsewhere = keys.Count(key => PartitionOf(key, 4) != 0);

        await held.Task;
        await inbox.WaitForAsync(elsewhere);
        Assert.Equal(elsewhere, inbox.Texts.Count);
        Volatile.Write(ref failing, false);
        await inbox.WaitForAsync(keys.Count);
        Assert.Equal(keys.Order(), inbox.Texts.Order());
        var ofHeld = inbox.Messages.Where(message => message.Metadata["__partition"] == "0").Select(message => long.Parse(message.Metadata["__offset"], CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(ofHeld.Order(), ofHeld);
    }

    [ConformanceFact]
    public async Task A_delivery_that_hangs_is_cut_off_when_its_partition_moves_and_comes_again_elsewhere()
    {
        var (hanging, cutOff) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var publisher = await kafka.OpenAsync("publisher");
        await using var first = await kafka.OpenAsync(_topic);
        await using var one = await SubscribeAsync(first, async (_, token) =>
        {
            hanging.TrySetResult();
            using var registration = token.Register(() => cutOff.TrySetResult());
            await Task.Delay(Timeout.Infinite, token);
        });
        foreach (var key in Enumerable.Range(0, 20))
        {
            await publisher.PublishAsync(Message($"{key}", $"{key}"), CancellationToken.None);
        }

        await hanging.Task.WaitAsync(TimeSpan.FromSeconds(60));
        var inbox = new Inbox();
        await using var second = await kafka.OpenAsync(_topic);
        await using var two = await SubscribeAsync(second, inbox.HandleAsync);
        await cutOff.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await first.DisposeAsync();
        await inbox.WaitForAsync(20);
        Assert.Equal(20, inbox.Texts.Distinct().Count());
    }

    [ConformanceFact]
    public async Task A_subscription_that_is_ended_and_made_again_goes_on_where_it_was_without_a_rebalance()
    {
        var inbox = new Inbox();
        await using var publisher = await kafka.OpenAsync("publisher");
        await using var component = await kafka.OpenAsync(_topic);
        var subscription = await SubscribeAsync(component, inbox.HandleAsync);
        for (var round = 0; round < 10; round++)
        {
            await Task.WhenAll(Enumerable.Range(round * 20, 20).Select(number => publisher.PublishAsync(Message($"{number}", $"{number}"), CancellationToken.None).AsTask()));
            await inbox.WaitForAsync((round * 20) + 1);
            // As when an app is unhealthy for a moment: the next one begins before the last one has ended.
            var ending = subscription.DisposeAsync();
            subscription = await SubscribeAsync(component, inbox.HandleAsync);
            await ending;
        }

        await inbox.WaitForAsync(200);
        await subscription.DisposeAsync();
        Assert.Equal(Enumerable.Range(0, 200).Select(number => $"{number}").Order(), inbox.Texts.Order());
    }

    [ConformanceFact]
    public async Task Without_retry_in_place_a_failed_message_is_passed_over()
    {
        var inbox = new Inbox { Handle = message => message.Data.Span.SequenceEqual("bad"u8) ? throw new InvalidOperationException("no") : Task.CompletedTask };
        await using var component = await kafka.OpenAsync(_topic, new() { ["consumeRetryEnabled"] = "false" });
        await using var subscription = await SubscribeAsync(component, inbox.HandleAsync);
        foreach (var text in (string[])["before", "bad", "after"])
        {
            await component.PublishAsync(Message(text, "one-key"), CancellationToken.None);
        }

        await inbox.WaitForAsync(2);
        Assert.Equal(["before", "after"], inbox.Texts);
    }

    /// <summary>The partition that Dapr's own client library chooses: FNV-1a, 32 bits, absolute value of the signed remainder.</summary>
    internal static int PartitionOf(string key, int partitions)
    {
        var hash = 2166136261u;
        foreach (var octet in Encoding.UTF8.GetBytes(key))
        {
            hash = unchecked((hash ^ octet) * 16777619);
        }

        return Math.Abs(unchecked((int)hash) % partitions);
    }

    private Task<IAsyncDisposable> SubscribeAsync(IPubSub component, MessageHandler handler) =>
        component.SubscribeAsync(new TopicSubscription(_topic, "unused", s_nothing), handler, CancellationToken.None);

    private PubSubMessage Message(string text, string key) => new(_topic, Encoding.UTF8.GetBytes(text), new Dictionary<string, string> { ["partitionKey"] = key });

    private async Task PublishAsync(IPubSub publisher, int keys, int from, int to)
    {
        for (var number = from; number < to; number++)
        {
            for (var key = 0; key < keys; key++)
            {
                await publisher.PublishAsync(Message(number.ToString(CultureInfo.InvariantCulture), $"key-{key}"), CancellationToken.None);
            }
        }
    }

    /// <summary>What was handled of one key.</summary>
    private sealed class Book
    {
        private readonly Lock _lock = new();
        private readonly List<int> _numbers = [];
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _target = int.MaxValue;
        private int _inside;

        public bool Overlapped { get; private set; }

        public IReadOnlyList<int> Numbers
        {
            get
            {
                lock (_lock)
                    return [.. _numbers];
            }
        }

        public IDisposable Enter()
        {
            if (Interlocked.Increment(ref _inside) > 1)
                Overlapped = true;
            return new Leave(this);
        }

        public void Add(int number)
        {
            lock (_lock)
            {
                _numbers.Add(number);
                if (number >= _target)
                    _reached.TrySetResult();
            }
        }

        public Task HasReached(int number)
        {
            lock (_lock)
            {
                _target = number;
                if (_numbers.Contains(number))
                    _reached.TrySetResult();
            }

            return _reached.Task;
        }

        private sealed class Leave(Book book) : IDisposable
        {
            public void Dispose() => Interlocked.Decrement(ref book._inside);
        }
    }
}
