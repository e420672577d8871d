using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.PubSub;

/// <summary>Keeps one subscription with its component: starts it, pauses it while the app is unhealthy, and stops it.</summary>
internal sealed class SubscriptionRunner : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _abort = new();
    private readonly Subscription _subscription;
    private readonly IEventReceiver _receiver;
    private readonly IBulkReceiver? _bulkReceiver;
    private readonly Publisher _publisher;
    private readonly SidecarContext _context;
    private readonly TopicRouter _router;
    private readonly ILogger _logger;
    private readonly List<Task> _draining = [];
    private LoadedComponent<IPubSub> _component;
    private DeliveryGate? _gate;
    private IAsyncDisposable? _active;

    /// <exception cref="FormatException">A routing rule cannot be read.</exception>
    public SubscriptionRunner(
        SidecarContext context, Subscription subscription, LoadedComponent<IPubSub> component, Publisher publisher, IEventReceiver receiver,
        IBulkReceiver? bulkReceiver, ILogger logger)
    {
        _context = context;
        _subscription = subscription;
        _component = component;
        _publisher = publisher;
        _receiver = new MeasuredReceiver(receiver, context.Metrics, context.Time);
        _bulkReceiver = bulkReceiver;
        _router = new TopicRouter(subscription.Rules);
        _logger = logger;
    }

    public Subscription Subscription => _subscription;

    /// <summary>True while it takes messages.</summary>
    public bool IsActive => Volatile.Read(ref _active) is not null;

    /// <summary>The component it takes messages from.</summary>
    public LoadedComponent<IPubSub> Component => _component;

    /// <summary>Takes messages from another component from now on; those under way finish with the one they came from.</summary>
    public async Task MoveAsync(LoadedComponent<IPubSub> component, CancellationToken cancellationToken)
    {
        var wasActive = IsActive;
        await PauseAsync();
        _component = component;
        if (wasActive)
            await StartAsync(cancellationToken);
    }

    /// <summary>Starts deliveries, unless they run.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_active is not null || _abort.IsCancellationRequested)
                return;
            _gate = new DeliveryGate(_abort.Token);
            _active = await SubscribeAsync(_gate, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes no new messages; those under way finish by themselves.</summary>
    public async Task PauseAsync()
    {
        await _turn.WaitAsync();
        try
        {
            if (_active is not { } active)
                return;
            // The component must know first: what a pause interrupts did not fail.
            var disposing = active.DisposeAsync().AsTask();
            _gate!.Pause();
            _active = null;
            _draining.RemoveAll(task => task.IsCompletedSuccessfully);
            _draining.Add(DrainAsync(disposing, _gate));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Pauses for good and waits for deliveries under way, which end when the token says so.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await PauseAsync();
        await using (cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _abort))
        {
            await Task.WhenAll(_draining);
        }

        await _abort.CancelAsync();
    }

    public void Dispose()
    {
        _abort.Dispose();
        _turn.Dispose();
    }

    private static async Task DrainAsync(Task disposing, DeliveryGate gate)
    {
        await disposing;
        gate.Dispose();
    }

    private Task<IAsyncDisposable> SubscribeAsync(DeliveryGate gate, CancellationToken cancellationToken)
    {
        var resource = _component.Resource;
        var group = resource.Metadata.TryGetValue("consumerID", out var given) && given.Length > 0 ? given : _context.Options.AppId;
        var topic = new TopicSubscription(_subscription.Topic, group, _subscription.Metadata);
        var policy = _context.Policies.ForComponentInbound(resource.Name, resource.Type);
        var deadLetters = new DeadLetters(_subscription, group, _publisher, _logger);
        if (_subscription.Bulk is { } bulk && _bulkReceiver is not null)
        {
            var consumer = new BulkEventConsumer(_subscription, _router, _bulkReceiver, deadLetters, policy, gate, _context.Time, _context.Metrics, _logger);
            return _component.Instance is IBulkPubSub native
                ? native.SubscribeBulkAsync(topic, bulk.MaxMessagesCount, bulk.MaxAwaitDuration, consumer.HandleAsync, cancellationToken)
                : _component.Instance.SubscribeAsync(topic, new BatchAssembler(bulk, consumer.HandleAsync, _context.Time).HandleAsync, cancellationToken);
        }

        var single = new EventConsumer(_subscription, _router, _receiver, deadLetters, policy, gate, _context.Time, _logger);
        return _component.Instance.SubscribeAsync(topic, single.HandleAsync, cancellationToken);
    }
}
