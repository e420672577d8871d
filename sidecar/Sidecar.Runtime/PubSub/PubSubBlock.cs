using Microsoft.Extensions.Logging;
using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Metadata;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.PubSub;

/// <summary>Publish and subscribe of one sidecar.</summary>
public sealed partial class PubSubBlock : IBuildingBlock, ISubscriptionSource
{
    private readonly Lock _lock = new();
    private readonly List<SubscriptionRunner> _app = [];
    private readonly List<SubscriptionRunner> _streams = [];
    private readonly SidecarContext _context;
    private readonly ILogger _logger;
    private readonly IEventReceiver _receiver;
    private readonly IBulkReceiver _bulkReceiver;
    private readonly AppHealthFollower _health;
    private IReadOnlyList<Subscription>? _programmatic;
    private bool _stopped;

    /// <summary>Makes the block; nothing is subscribed before <see cref="StartAsync"/>.</summary>
    public PubSubBlock(SidecarContext context)
    {
        _context = context;
        _logger = context.Loggers.CreateLogger("pubsub");
        _health = new AppHealthFollower(context.App, FollowAsync);
        Publisher = new Publisher(context);
        (_receiver, _bulkReceiver) = context.App.Callback is { } callback
            ? ((IEventReceiver)new GrpcEventReceiver(callback, _logger), (IBulkReceiver)new BulkGrpcReceiver(callback, _logger))
            : (new HttpEventReceiver(context.App, _logger), new BulkHttpReceiver(context.App, _logger));
    }

    /// <inheritdoc/>
    public IReadOnlyList<Subscription> CurrentSubscriptions
    {
        get
        {
            lock (_lock)
                return [.. _app.Concat(_streams).Select(runner => runner.Subscription)];
        }
    }

    /// <summary>True while the app's subscriptions take messages; false while it is unhealthy, and when it has none.</summary>
    public bool IsDelivering
    {
        get
        {
            lock (_lock)
                return _app.Exists(runner => runner.IsActive);
        }
    }

    internal Publisher Publisher { get; }

    internal TimeProvider Time => _context.Time;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!_context.App.IsConfigured)
            return;
        foreach (var subscription in await WantedAsync(_context.Resources.Subscriptions, cancellationToken))
            Add(subscription);
        foreach (var group in _app.GroupBy(runner => runner.Subscription.PubSubName))
        {
            PubSubLog.Subscribed(_logger, group.Key, string.Join(", ", group.Select(runner => runner.Subscription.Topic)));
        }

        await _health.StartAsync();
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        List<SubscriptionRunner> runners;
        lock (_lock)
        {
            if (_stopped)
                return;
            _stopped = true;
            runners = [.. _app, .. _streams];
        }

        await _health.StopAsync();
        await Task.WhenAll(runners.Select(runner => runner.StopAsync(cancellationToken)));
        runners.ForEach(runner => runner.Dispose());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync(new CancellationToken(canceled: true));

    /// <summary>Whether a stream may subscribe so.</summary>
    /// <exception cref="Errors.DaprApiException">There is no such component, or the topic is not allowed.</exception>
    internal LoadedComponent<IPubSub> CheckStream(Subscription subscription)
    {
        var component = _context.Components.PubSubs.GetValueOrDefault(subscription.PubSubName) ?? throw PubSubErrors.NotFound(subscription.PubSubName, subscription.Metadata);
        return new TopicScopes(component.Resource, _context.Options.AppId).MaySubscribe(subscription.Topic)
            ? component
            : throw PubSubErrors.Forbidden(subscription.PubSubName, subscription.Topic, _context.Options.AppId);
    }

    /// <summary>Adds a subscription that lives as long as a stream of the app.</summary>
    /// <exception cref="Errors.DaprApiException">There is no such component, or the topic is not allowed.</exception>
    internal async Task<SubscriptionRunner> OpenStreamAsync(Subscription subscription, IEventReceiver receiver, CancellationToken cancellationToken)
    {
        var component = CheckStream(subscription);
        var runner = new SubscriptionRunner(_context, subscription, component, Publisher, receiver, null, _logger);
        await runner.StartAsync(cancellationToken);
        lock (_lock)
        {
            if (!_stopped)
            {
                _streams.Add(runner);
                return runner;
            }
        }

        await runner.StopAsync(cancellationToken);
        throw new OperationCanceledException("the sidecar is stopping");
    }

    internal async Task CloseStreamAsync(SubscriptionRunner runner)
    {
        lock (_lock)
            _streams.Remove(runner);
        await runner.StopAsync(new CancellationToken(canceled: true));
        runner.Dispose();
    }

    private SubscriptionRunner? CreateRunner(Subscription subscription, IEventReceiver receiver)
    {
        var problem = Refusal(subscription);
        if (problem is null)
        {
            try
            {
                return new SubscriptionRunner(
                    _context, subscription, _context.Components.PubSubs[subscription.PubSubName], Publisher, receiver, _bulkReceiver, _logger);
            }
            catch (FormatException exception)
            {
                problem = exception.Message;
            }
        }

        PubSubLog.SubscriptionRefused(_logger, subscription.Topic, subscription.PubSubName, $"{problem} ({subscription.Location})");
        return null;
    }

    private string? Refusal(Subscription subscription)
    {
        if (!_context.Components.PubSubs.TryGetValue(subscription.PubSubName, out var component))
            return $"there is no pubsub component '{subscription.PubSubName}'";
        if (subscription.Topic.Length == 0)
            return "its topic is empty";
        if (subscription.Rules.Count == 0)
            return "it has no route";
        return new TopicScopes(component.Resource, _context.Options.AppId).MaySubscribe(subscription.Topic)
            ? null
            : $"the topic is not allowed for app id {_context.Options.AppId}";
    }

    /// <summary>The subscriptions that hold; the app is asked for its own once there is a component to subscribe to.</summary>
    private async Task<IReadOnlyList<Subscription>> WantedAsync(IReadOnlyList<Subscription> declarative, CancellationToken cancellationToken)
    {
        if (_context.Components.PubSubs.Count == 0)
            return [];
        _programmatic ??= _context.Options.AskSubscriptions ? await new SubscriptionDiscovery(_context.App, _context.Time, _logger).AskAsync(cancellationToken) : [];
        return SubscriptionSet.Merge(declarative, _programmatic);
    }

    private SubscriptionRunner? Add(Subscription subscription)
    {
        if (CreateRunner(subscription, _receiver) is not { } runner)
            return null;
        lock (_lock)
            _app.Add(runner);
        return runner;
    }

    private async Task FollowAsync(bool healthy)
    {
        List<SubscriptionRunner> runners;
        lock (_lock)
            runners = [.. _app];
        foreach (var runner in runners)
            await FollowAsync(runner, healthy);
    }

    private async Task FollowAsync(SubscriptionRunner runner, bool healthy)
    {
        try
        {
            await (healthy ? runner.StartAsync(CancellationToken.None) : runner.PauseAsync());
        }
        catch (Exception exception)
        {
            PubSubLog.SubscribeFailed(_logger, runner.Subscription.Topic, runner.Subscription.PubSubName, exception);
        }
    }
}
