using Sidecar.Runtime.Components;
using Sidecar.Runtime.PubSub;
using Sidecar.Runtime.Resources;

namespace Sidecar.Testing;

/// <summary>Makes the components of one type with their publishing and delivering observed.</summary>
internal sealed class ObservedFactory(IComponentFactory inner, DeliveryMonitor monitor) : IComponentFactory
{
    public string Type => inner.Type;

    /// <summary>All factories, those of pub/sub observed.</summary>
    public static IReadOnlyList<IComponentFactory> Observe(IEnumerable<IComponentFactory> factories, DeliveryMonitor monitor) =>
        [.. factories.Select(factory => factory.Type.StartsWith("pubsub.", StringComparison.Ordinal) ? new ObservedFactory(factory, monitor) : factory)];

    public async Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        // In memory every sidecar has a bus of its own, without groups and without a second try; other brokers are shared by name.
        var own = Type == "pubsub.in-memory";
        object bus = own ? new object() : component.Name;
        return await inner.CreateAsync(component, context, cancellationToken) switch
        {
            IBulkPubSub bulk => new ObservedBulkPubSub(bulk, component.Name, bus, !own, monitor),
            IPubSub single => new ObservedPubSub(single, component.Name, bus, !own, monitor),
            var other => other,
        };
    }
}

/// <summary>A pub/sub component seen by the monitor.</summary>
internal class ObservedPubSub(IPubSub inner, string name, object bus, bool shared, DeliveryMonitor monitor) : IPubSub
{
    public IReadOnlyList<string> Capabilities => inner.Capabilities;

    public async ValueTask PublishAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        monitor.Publishing(bus, message.Topic, 1);
        try
        {
            await inner.PublishAsync(message, cancellationToken);
        }
        catch
        {
            monitor.Publishing(bus, message.Topic, -1);
            throw;
        }
    }

    public Task<IAsyncDisposable> SubscribeAsync(TopicSubscription subscription, MessageHandler handler, CancellationToken cancellationToken) =>
        SubscribeAsync(subscription, consumer => inner.SubscribeAsync(
            subscription,
            async (message, token) =>
            {
                try
                {
                    await handler(message, token);
                }
                catch (Exception error)
                {
                    Report(consumer, message.Topic, error);
                    throw;
                }

                Report(consumer, message.Topic, null);
            },
            cancellationToken));

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    protected async Task<IAsyncDisposable> SubscribeAsync(TopicSubscription subscription, Func<DeliveryMonitor.Consumer, Task<IAsyncDisposable>> subscribe)
    {
        var consumer = new DeliveryMonitor.Consumer(bus, subscription.Topic, shared ? subscription.ConsumerGroup : Guid.NewGuid().ToString());
        monitor.Subscribed(consumer);
        var made = await subscribe(consumer);
        // A group keeps its messages while nobody subscribes; a bus without groups forgets.
        return shared ? made : new Ending(made, () => monitor.Unsubscribed(consumer));
    }

    protected void Report(DeliveryMonitor.Consumer consumer, string topic, Exception? error) =>
        monitor.Delivered(consumer, new Delivery(name, topic, consumer.Group, error), redelivered: shared);

    protected void Publishing(string topic, int count) => monitor.Publishing(bus, topic, count);

    private sealed class Ending(IAsyncDisposable inner, Action ended) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            ended();
        }
    }
}

/// <summary>A pub/sub component with native batches, seen by the monitor.</summary>
internal sealed class ObservedBulkPubSub(IBulkPubSub inner, string name, object bus, bool shared, DeliveryMonitor monitor)
    : ObservedPubSub(inner, name, bus, shared, monitor), IBulkPubSub
{
    public async ValueTask<IReadOnlyList<Exception?>> PublishBulkAsync(IReadOnlyList<PubSubMessage> messages, CancellationToken cancellationToken)
    {
        Count(messages, 1);
        try
        {
            var results = await inner.PublishBulkAsync(messages, cancellationToken);
            Count(messages.Where((_, index) => results[index] is not null), -1);
            return results;
        }
        catch
        {
            Count(messages, -1);
            throw;
        }
    }

    public Task<IAsyncDisposable> SubscribeBulkAsync(
        TopicSubscription subscription, int maxMessages, TimeSpan maxAwait, BulkMessageHandler handler, CancellationToken cancellationToken) =>
        SubscribeAsync(subscription, consumer => inner.SubscribeBulkAsync(
            subscription,
            maxMessages,
            maxAwait,
            async (messages, token) =>
            {
                IReadOnlyList<Exception?> results;
                try
                {
                    results = await handler(messages, token);
                }
                catch (Exception error)
                {
                    foreach (var message in messages)
                    {
                        Report(consumer, message.Topic, error);
                    }

                    throw;
                }

                for (var i = 0; i < messages.Count; i++)
                {
                    Report(consumer, messages[i].Topic, results[i]);
                }

                return results;
            },
            cancellationToken));

    private void Count(IEnumerable<PubSubMessage> messages, int each)
    {
        foreach (var topic in messages.GroupBy(message => message.Topic))
        {
            Publishing(topic.Key, each * topic.Count());
        }
    }
}
