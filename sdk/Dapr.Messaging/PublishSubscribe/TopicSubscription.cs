using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Dapr.Common.Sidecar;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using WireStatus = Dapr.Protocol.Runtime.V1.TopicEventResponse.Types.TopicEventResponseStatus;

namespace Dapr.Messaging.PublishSubscribe;

/// <summary>One subscription: messages come in over a stream, are handled one after the other, and what became of them goes back.</summary>
internal sealed class TopicSubscription : IAsyncDisposable
{
    private readonly SidecarConnection sidecar;
    private readonly string pubSub;
    private readonly string topic;
    private readonly DaprSubscriptionOptions options;
    private readonly TopicMessageHandler handler;
    private readonly CancellationTokenSource ending;
    private readonly Channel<TopicMessage> messages;
    private readonly Channel<SubscribeTopicEventsRequestAlpha1> answers = Channel.CreateUnbounded<SubscribeTopicEventsRequestAlpha1>();
    private readonly TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task receiving;
    private readonly Task handling;
    private readonly Task watching;
    private int disposals;

    public TopicSubscription(
        SidecarConnection sidecar, string pubSub, string topic, DaprSubscriptionOptions options, TopicMessageHandler handler, CancellationToken lifetime)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler, "messageHandler");
        this.sidecar = sidecar;
        this.pubSub = pubSub;
        this.topic = topic;
        this.options = options;
        this.handler = handler;
        ending = CancellationTokenSource.CreateLinkedTokenSource(lifetime);
        messages = options.MaximumQueuedMessages is > 0 and { } most ? Channel.CreateBounded<TopicMessage>(most) : Channel.CreateUnbounded<TopicMessage>();
        receiving = Task.Run(ReceiveAsync, CancellationToken.None);
        handling = Task.Run(HandleAsync, CancellationToken.None);
        watching = WatchAsync();
    }

    /// <summary>Ends after the message under way: what else waits here goes to somebody else.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposals, 1) != 0)
            return;

        messages.Writer.TryComplete();
        using var patience = new CancellationTokenSource(options.MaximumCleanupTimeout);
        try
        {
            await Task.WhenAny(handling, watching).WaitAsync(patience.Token);
            answers.Writer.TryComplete();
            await Task.WhenAny(answered.Task, receiving).WaitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // It took too long: what was not said is not said.
        }

        await ending.CancelAsync();
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ReceiveAsync()
    {
        await foreach (var response in sidecar.ExchangeAsync(DaprMethods.SubscribeTopicEventsAlpha1, AnswersAsync(ending.Token), ending.Token))
        {
            // The first response says only that the subscription stands.
            if (response.EventMessage is { } message && await messages.Writer.WaitToWriteAsync(ending.Token))
                messages.Writer.TryWrite(Read(message));
        }
    }

    private async IAsyncEnumerable<SubscribeTopicEventsRequestAlpha1> AnswersAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var initial = new SubscribeTopicEventsRequestInitialAlpha1 { PubsubName = pubSub, Topic = topic };
        if (options.DeadLetterTopic is { } deadLetters)
            initial.DeadLetterTopic = deadLetters;
        foreach (var (key, value) in options.Metadata)
            initial.Metadata.Add(key, value);
        yield return new SubscribeTopicEventsRequestAlpha1 { InitialRequest = initial };

        await foreach (var answer in answers.Reader.ReadAllAsync(cancellation))
            yield return answer;

        // Whoever asks for more has sent the last one.
        answered.TrySetResult();
    }

    private async Task HandleAsync()
    {
        await foreach (var message in messages.Reader.ReadAllAsync(ending.Token))
        {
            if (Volatile.Read(ref disposals) != 0)
                return;

            var status = new TopicEventResponse { Status = StatusOf(await DecideAsync(message)) };
            answers.Writer.TryWrite(new SubscribeTopicEventsRequestAlpha1 { EventProcessed = new SubscribeTopicEventsRequestProcessedAlpha1 { Id = message.Id, Status = status } });
        }
    }

    private async Task<TopicResponseAction> DecideAsync(TopicMessage message)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
        timeout.CancelAfter(options.MessageHandlingPolicy.TimeoutDuration);
        try
        {
            return await handler(message, timeout.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !ending.IsCancellationRequested)
        {
            return options.MessageHandlingPolicy.DefaultResponseAction;
        }
    }

    /// <summary>When one half breaks, the other ends too, and the application is told once.</summary>
    private async Task WatchAsync()
    {
        foreach (var half in new[] { receiving, handling })
            _ = half.ContinueWith(_ => ending.CancelAsync(), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        await Task.WhenAll(receiving, handling).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var causes = new[] { receiving, handling }.SelectMany(half => half.Exception?.InnerExceptions.AsEnumerable() ?? []).ToList();
        if (causes.Count == 0)
            return;

        var error = new DaprException(
            $"The subscription to topic '{topic}' of pubsub '{pubSub}' failed. See InnerException for details.", causes.Count == 1 ? causes[0] : new AggregateException(causes));
        if (options.ErrorHandler is not { } tell)
            throw error;

        try
        {
            await tell(error);
        }
        catch (Exception another)
        {
            throw new AggregateException(error, another);
        }
    }

    private static TopicMessage Read(TopicEventRequest message) =>
        new(message.Id, message.Source, message.Type, message.SpecVersion, message.DataContentType, message.Topic, message.PubsubName)
        {
            Data = message.Data.Memory,
            Path = message.Path,
            Extensions = message.Extensions?.Fields.ToDictionary() ?? [],
        };

    private static WireStatus StatusOf(TopicResponseAction action) => action switch
    {
        TopicResponseAction.Success => WireStatus.Success,
        TopicResponseAction.Retry => WireStatus.Retry,
        TopicResponseAction.Drop => WireStatus.Drop,
        _ => throw new InvalidOperationException($"Unrecognized topic acknowledgement action: {action}"),
    };
}
