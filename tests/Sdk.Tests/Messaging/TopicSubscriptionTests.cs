using System.Text;
using System.Threading.Channels;
using Dapr;
using Dapr.Client;
using Dapr.Messaging.PublishSubscribe;
using Dapr.Messaging.PublishSubscribe.Extensions;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Runtime.V1;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Sdk.Tests.Sidecar;
using Sidecar.Testing;

namespace Sdk.Tests.Messaging;

/// <summary>Subscriptions over a stream, on the embedded sidecar.</summary>
public sealed class TopicSubscriptionTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly MessageHandlingPolicy s_policy = new(TimeSpan.FromSeconds(30), TopicResponseAction.Retry);

    private readonly Channel<TopicMessage> _seen = Channel.CreateUnbounded<TopicMessage>();
    private TestSidecar _sidecar = null!;
    private DaprClient _publisher = null!;
    private DaprPublishSubscribeClient _client = null!;

    public async Task InitializeAsync()
    {
        _sidecar = await TestSidecar.For("shop").WithoutApp().WithEmbeddedPubSub("pubsub").StartAsync();
        _publisher = new DaprClientBuilder().UseGrpcEndpoint($"http://127.0.0.1:{_sidecar.GrpcPort}").UseHttpEndpoint($"http://127.0.0.1:{_sidecar.HttpPort}").Build();
        _client = new DaprPublishSubscribeClientBuilder().UseGrpcEndpoint($"http://127.0.0.1:{_sidecar.GrpcPort}").Build();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        _publisher.Dispose();
        await _sidecar.DisposeAsync();
    }

    [Fact]
    public async Task A_message_arrives_with_its_data_and_is_gone_when_handled()
    {
        await using var subscription = await _client.SubscribeAsync("pubsub", "orders", new DaprSubscriptionOptions(s_policy), SeenAsync);

        await PublishUntilSeenAsync(new { Id = "o-1" });

        var message = await _seen.Reader.ReadAsync().AsTask().WaitAsync(s_patience);
        Assert.Equal(("orders", "pubsub", "1.0", "application/json"), (message.Topic, message.PubSubName, message.SpecVersion, message.DataContentType));
        Assert.Equal("""{"id":"o-1"}""", Encoding.UTF8.GetString(message.Data.Span));
    }

    [Fact]
    public async Task A_message_to_be_retried_comes_again()
    {
        var times = 0;
        await using var subscription = await _client.SubscribeAsync("pubsub", "orders", new DaprSubscriptionOptions(s_policy) { MaximumQueuedMessages = 1 }, async (message, token) =>
        {
            await SeenAsync(message, token);
            return ++times == 1 ? TopicResponseAction.Retry : TopicResponseAction.Success;
        });

        await PublishUntilSeenAsync(1);

        var first = await _seen.Reader.ReadAsync().AsTask().WaitAsync(s_patience);
        for (TopicMessage? again = null; again?.Id != first.Id;)
            again = await _seen.Reader.ReadAsync().AsTask().WaitAsync(s_patience);
    }

    [Fact]
    public async Task A_message_that_is_not_handled_in_time_is_treated_as_the_policy_says()
    {
        var policy = new MessageHandlingPolicy(TimeSpan.FromMilliseconds(50), TopicResponseAction.Drop);
        var deadLetters = new DaprSubscriptionOptions(policy) { DeadLetterTopic = "dead" };
        await using var dead = await _client.SubscribeAsync("pubsub", "dead", new DaprSubscriptionOptions(s_policy), SeenAsync);
        await using var subscription = await _client.SubscribeAsync("pubsub", "orders", deadLetters, async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return TopicResponseAction.Success;
        });

        await PublishUntilSeenAsync(1);

        Assert.Equal("dead", (await _seen.Reader.ReadAsync().AsTask().WaitAsync(s_patience)).Topic);
    }

    [Fact]
    public async Task A_handler_that_throws_ends_the_subscription_and_is_told()
    {
        var told = new TaskCompletionSource<DaprException>();
        var options = new DaprSubscriptionOptions(s_policy) { ErrorHandler = error => Task.FromResult(told.TrySetResult(error)) };
        await using var subscription = await _client.SubscribeAsync("pubsub", "orders", options, (_, _) => throw new FormatException("no order"));

        while (!told.Task.IsCompleted)
        {
            await _publisher.PublishEventAsync("pubsub", "orders", 1);
            await Task.WhenAny(told.Task, Task.Delay(100));
        }

        Assert.IsType<FormatException>((await told.Task).InnerException);
    }

    [Fact]
    public async Task A_sidecar_that_refuses_is_told()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = new DaprPublishSubscribeClientBuilder().UseGrpcEndpoint(sidecar.GrpcEndpoint).Build();
        var told = new TaskCompletionSource<DaprException>();
        var options = new DaprSubscriptionOptions(s_policy) { ErrorHandler = error => Task.FromResult(told.TrySetResult(error)) };

        await using var subscription = await client.SubscribeAsync("pubsub", "orders", options, SeenAsync);

        var error = await told.Task.WaitAsync(s_patience);
        Assert.Equal(GrpcStatusCode.Unimplemented, Assert.IsType<GrpcException>(error.InnerException).StatusCode);
        Assert.Contains("'orders'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_subscription_that_is_cancelled_already_does_not_begin()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _client.SubscribeAsync("pubsub", "orders", new DaprSubscriptionOptions(s_policy), SeenAsync, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task What_is_disposed_handles_nothing_any_more()
    {
        var subscription = await _client.SubscribeAsync("pubsub", "orders", new DaprSubscriptionOptions(s_policy), SeenAsync);
        await PublishUntilSeenAsync(1);

        await subscription.DisposeAsync();
        await subscription.DisposeAsync();

        while (_seen.Reader.TryRead(out _))
        {
        }

        await _publisher.PublishEventAsync("pubsub", "orders", 2);
        await using var next = await _client.SubscribeAsync("pubsub", "orders", new DaprSubscriptionOptions(s_policy), SeenAsync);
        Assert.Equal("orders", (await _seen.Reader.ReadAsync().AsTask().WaitAsync(s_patience)).Topic);
    }

    [Fact]
    public async Task The_client_is_registered_for_the_sidecar_of_the_configuration()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("DAPR_GRPC_ENDPOINT", (string?)$"http://127.0.0.1:{_sidecar.GrpcPort}")]).Build());
        services.AddDaprPubSubClient();
        await using var provider = services.BuildServiceProvider();

        await using var subscription = await provider.GetRequiredService<DaprPublishSubscribeClient>()
            .SubscribeAsync("pubsub", "orders", new DaprSubscriptionOptions(s_policy), SeenAsync);

        await PublishUntilSeenAsync(1);
    }

    private async Task<TopicResponseAction> SeenAsync(TopicMessage message, CancellationToken token)
    {
        await _seen.Writer.WriteAsync(message, token);
        return TopicResponseAction.Success;
    }

    // A new subscription may stand only after the first event.
    private async Task PublishUntilSeenAsync<T>(T data)
    {
        var seen = _seen.Reader.WaitToReadAsync().AsTask();
        for (var time = 0; !seen.IsCompleted && time < 600; time++)
        {
            await _publisher.PublishEventAsync("pubsub", "orders", data);
            await Task.WhenAny(seen, Task.Delay(100));
        }

        Assert.True(seen.IsCompleted);
    }
}
