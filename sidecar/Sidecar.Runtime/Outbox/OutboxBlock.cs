using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Runtime.Outbox;

/// <summary>Dapr's transactional outbox of one sidecar, for the state stores whose metadata asks for it. It needs no app port: what it subscribes to is its own.</summary>
internal sealed class OutboxBlock : IBuildingBlock
{
    private readonly Dictionary<string, (OutboxSettings Settings, OutboxTransaction Transaction)> _stores = new(StringComparer.Ordinal);
    private readonly List<IAsyncDisposable> _subscriptions = [];
    private readonly CancellationTokenSource _abort = new();
    private readonly SidecarContext _context;
    private readonly Publisher _publisher;
    private readonly ILogger _logger;

    public OutboxBlock(SidecarContext context)
    {
        _context = context;
        _publisher = new Publisher(context);
        _logger = context.Loggers.CreateLogger("outbox");
        foreach (var (name, store) in context.Components.StateStores)
        {
            if (OutboxSettings.Of(store.Resource, context.Options.AppId, context.Options.Namespace) is { } settings)
                _stores.Add(name, (settings, new OutboxTransaction(settings, _publisher, context, _logger)));
        }
    }

    /// <summary>The outbox of a store, or null when it has none.</summary>
    public OutboxTransaction? Of(string store) => _stores.TryGetValue(store, out var found) ? found.Transaction : null;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var (store, (settings, _)) in _stores)
        {
            if (!_context.Components.PubSubs.TryGetValue(settings.InternalPubSub, out var pubSub))
            {
                OutboxLog.NoPubSub(_logger, store, settings.InternalPubSub);
                continue;
            }

            try
            {
                _subscriptions.Add(await SubscribeAsync(store, settings, pubSub, cancellationToken));
                OutboxLog.Subscribed(_logger, store, settings.PubSub, settings.Topic, settings.InternalPubSub, settings.InternalTopic);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                OutboxLog.SubscribeFailed(_logger, store, settings.InternalTopic, exception);
            }
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // The components must know first: what an abort interrupts did not fail.
        var closing = Task.WhenAll(_subscriptions.Select(subscription => subscription.DisposeAsync().AsTask()));
        _subscriptions.Clear();
        await using (cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _abort))
            await closing;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        _abort.Dispose();
    }

    private Task<IAsyncDisposable> SubscribeAsync(string store, OutboxSettings settings, LoadedComponent<IPubSub> pubSub, CancellationToken cancellationToken)
    {
        var group = pubSub.Resource.Metadata.TryGetValue("consumerID", out var given) && given.Length > 0 ? given : _context.Options.AppId;
        var forwarder = new OutboxForwarder(settings, _context.Components.StateStores[store].Instance, _publisher, _context.Time, _logger);
        return pubSub.Instance.SubscribeAsync(
            new TopicSubscription(settings.InternalTopic, group, new Dictionary<string, string>()),
            async (message, token) =>
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(token, _abort.Token);
                await forwarder.HandleAsync(message, either.Token);
            },
            cancellationToken);
    }
}
