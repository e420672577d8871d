using Conformance;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Sidecar.Runtime.PubSub;
using Sidecar.Servers;

namespace Components.Tests.RabbitMq;

/// <summary>The tests that share one RabbitMQ, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class SharedRabbitMq : ICollectionFixture<SharedServer<RabbitMqServer>>
{
    public const string Name = "RabbitMQ";
}

/// <summary>Components made against a RabbitMQ, disposed with the test.</summary>
public sealed class RabbitMqBench(RabbitMqServer server) : IAsyncDisposable
{
    private readonly ComponentPlace _place = new();
    private readonly List<IAsyncDisposable> _open = [];

    /// <summary>The settings of components/pubsub/rabbitmq/pubsub.yaml.</summary>
    public static Dictionary<string, string> Lossless => new()
    {
        ["durable"] = "true",
        ["deletedWhenUnused"] = "false",
        ["deliveryMode"] = "2",
        ["publisherConfirm"] = "true",
        ["requeueInFailure"] = "true",
        ["prefetchCount"] = "200",
        ["reconnectWaitSeconds"] = "1",
    };

    public string Topic { get; } = $"topic-{Guid.NewGuid():N}"[..14];

    public Task<IPubSub> OpenAsync(Dictionary<string, string>? metadata = null, TimeProvider? time = null)
    {
        var all = new Dictionary<string, string>(metadata ?? Lossless);
        all.TryAdd("connectionString", $"amqp://guest:guest@{server.Address}");
        return _place.MakeAsync<IPubSub>("pubsub.rabbitmq", all, time);
    }

    /// <summary>A component with no settings but the address; disposed with the test.</summary>
    public async Task<IPubSub> OpenBareAsync()
    {
        var component = await OpenAsync([]);
        _open.Add(component);
        return component;
    }

    /// <summary>A channel of the bare client, to look from outside; gone with the test.</summary>
    public async Task<IChannel> ChannelAsync()
    {
        var connection = await new ConnectionFactory { Uri = new Uri($"amqp://guest:guest@{server.Address}") }.CreateConnectionAsync();
        _open.Add(connection);
        return await connection.CreateChannelAsync();
    }

    /// <summary>How many consumers a queue has; -1 when there is no such queue.</summary>
    public async Task<long> ConsumersAsync(string queue)
    {
        var channel = await ChannelAsync();
        try
        {
            return await channel.ConsumerCountAsync(queue);
        }
        catch (OperationInterruptedException)
        {
            return -1;
        }
    }

    /// <summary>Waits for a condition that only asking again can show.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await condition())
        {
            await Task.Delay(20, limit.Token);
        }
    }

    /// <summary>A component that is disposed with the test; the settings change the lossless ones.</summary>
    public async Task<IPubSub> ComponentAsync(params (string Name, string Value)[] settings)
    {
        var metadata = Lossless;
        foreach (var (name, value) in settings)
        {
            metadata[name] = value;
        }

        var component = await OpenAsync(metadata);
        _open.Add(component);
        return component;
    }

    public async Task<IAsyncDisposable> SubscribeAsync(IPubSub component, string group, MessageHandler handler, params (string Name, string Value)[] metadata)
    {
        var subscription = await component.SubscribeAsync(
            new TopicSubscription(Topic, group, metadata.ToDictionary(pair => pair.Name, pair => pair.Value)), handler, CancellationToken.None);
        _open.Add(subscription);
        return subscription;
    }

    public Task PublishAsync(IPubSub component, string text, params (string Name, string Value)[] metadata) =>
        component.PublishAsync(
            new PubSubMessage(Topic, System.Text.Encoding.UTF8.GetBytes(text), metadata.ToDictionary(pair => pair.Name, pair => pair.Value)), CancellationToken.None).AsTask();

    public async ValueTask DisposeAsync()
    {
        foreach (var open in _open.AsEnumerable().Reverse())
        {
            await open.DisposeAsync();
        }

        await _place.DisposeAsync();
    }
}
