using Sidecar.Runtime.Components;
using Sidecar.Runtime.PubSub;
using Sidecar.Runtime.Resources;

namespace Sidecar.Tests.PubSub;

/// <summary>A component may lose a message to another instance while it is being delivered: a partition moves, a channel closes.</summary>
public sealed class TakenAwayTests
{
    private const string OneByOne = """[{"pubsubName":"pubsub","topic":"orders","route":"on-order"}]""";
    private const string Bulk = """[{"pubsubName":"pubsub","topic":"orders","route":"on-order","bulkSubscribe":{"enabled":true,"maxMessagesCount":10,"maxAwaitDurationMs":10}}]""";
    private static readonly PubSubMessage s_event = new("orders", """{"specversion":"1.0","id":"1","source":"s","type":"t","data":1}"""u8.ToArray(), new Dictionary<string, string>());

    [Fact]
    public async Task A_delivery_ends_when_the_component_takes_its_message_away()
    {
        var broker = new HandHeldBroker();
        await using var place = await PubSubPlace.StartAsync(OneByOne, broker.Type, factory: broker);
        using var taken = new CancellationTokenSource();
        var arrived = Hold(place.App, taken.Token);
        var handler = await broker.Single.Task.WaitAsync(TimeSpan.FromSeconds(30));

        var delivery = handler(s_event, taken.Token);
        await arrived.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(delivery.IsCompleted);
        await taken.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delivery.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_batch_ends_when_the_component_takes_its_messages_away()
    {
        var broker = new HandHeldBroker();
        await using var place = await PubSubPlace.StartAsync(Bulk, broker.Type, factory: broker);
        using var taken = new CancellationTokenSource();
        var arrived = Hold(place.App, taken.Token);
        var handler = await broker.Batches.Task.WaitAsync(TimeSpan.FromSeconds(30));

        var delivery = handler([s_event, s_event], taken.Token);
        await arrived.WaitAsync(TimeSpan.FromSeconds(30));
        await taken.CancelAsync();
        Assert.All(await delivery.WaitAsync(TimeSpan.FromSeconds(30)), outcome => Assert.IsType<OperationCanceledException>(outcome));
    }

    /// <summary>The app does not answer until then; the task completes when it has been asked.</summary>
    private static Task Hold(Subscriber app, CancellationToken until)
    {
        var (arrived, answer) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        until.Register(() => answer.TrySetResult());
        app.BeforeAnswer = async _ =>
        {
            arrived.TrySetResult();
            await answer.Task;
        };
        return arrived.Task;
    }

    /// <summary>A broker whose deliveries the test makes by hand.</summary>
    private sealed class HandHeldBroker : IComponentFactory, IBulkPubSub
    {
        public TaskCompletionSource<MessageHandler> Single { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<BulkMessageHandler> Batches { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Type => "pubsub.by-hand";

        public IReadOnlyList<string> Capabilities => [];

        public Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken) => Task.FromResult<IAsyncDisposable>(this);

        public ValueTask PublishAsync(PubSubMessage message, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask<IReadOnlyList<Exception?>> PublishBulkAsync(IReadOnlyList<PubSubMessage> messages, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IReadOnlyList<Exception?>>(new Exception?[messages.Count]);

        public Task<IAsyncDisposable> SubscribeAsync(TopicSubscription subscription, MessageHandler handler, CancellationToken cancellationToken)
        {
            Single.TrySetResult(handler);
            return Task.FromResult<IAsyncDisposable>(this);
        }

        public Task<IAsyncDisposable> SubscribeBulkAsync(
            TopicSubscription subscription, int maxMessages, TimeSpan maxAwait, BulkMessageHandler handler, CancellationToken cancellationToken)
        {
            Batches.TrySetResult(handler);
            return Task.FromResult<IAsyncDisposable>(this);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
