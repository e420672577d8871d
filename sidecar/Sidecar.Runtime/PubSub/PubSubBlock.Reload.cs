using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.PubSub;

/// <summary>Hot reload: subscriptions and their components change under a running app.</summary>
public sealed partial class PubSubBlock
{
    /// <summary>Makes what is subscribed agree with the declared subscriptions and the components of now. Deliveries under way are finished, or delivered again.</summary>
    internal async Task FollowResourcesAsync(IReadOnlyList<Subscription> declarative, CancellationToken cancellationToken)
    {
        if (_stopped)
            return;
        await FollowStreamsAsync(cancellationToken);
        if (!_context.App.IsConfigured)
            return;
        var wanted = (await WantedAsync(declarative, cancellationToken)).ToList();
        foreach (var runner in AppRunners())
        {
            // An entry without a component stays wanted, and is taken up when the component joins.
            if (ComponentOf(runner) is { } component && wanted.RemoveAll(subscription => IsSame(subscription, runner.Subscription)) > 0)
                await MoveAsync(runner, component, cancellationToken);
            else
                await RemoveAsync(runner);
        }

        foreach (var subscription in wanted)
        {
            if (Add(subscription) is not { } runner)
                continue;
            PubSubLog.Subscribed(_logger, subscription.PubSubName, subscription.Topic);
            await FollowAsync(runner, _context.App.IsHealthy);
            // The app's health may have changed between the question and the start.
            if (!_context.App.IsHealthy)
                await FollowAsync(runner, healthy: false);
        }
    }

    private List<SubscriptionRunner> AppRunners()
    {
        lock (_lock)
            return [.. _app];
    }

    private static bool IsSame(Subscription one, Subscription other) =>
        ReferenceEquals(one, other) || (one.Declaration.Length > 0 && one.Declaration == other.Declaration);

    private LoadedComponent<IPubSub>? ComponentOf(SubscriptionRunner runner) => _context.Components.PubSubs.GetValueOrDefault(runner.Subscription.PubSubName);

    private async Task FollowStreamsAsync(CancellationToken cancellationToken)
    {
        List<SubscriptionRunner> streams;
        lock (_lock)
            streams = [.. _streams];
        foreach (var stream in streams)
        {
            if (ComponentOf(stream) is { } component)
                await MoveAsync(stream, component, cancellationToken);
            else
                await FollowAsync(stream, healthy: false);
        }
    }

    private async Task MoveAsync(SubscriptionRunner runner, LoadedComponent<IPubSub> component, CancellationToken cancellationToken)
    {
        if (runner.Component == component)
            return;
        try
        {
            await runner.MoveAsync(component, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            PubSubLog.SubscribeFailed(_logger, runner.Subscription.Topic, runner.Subscription.PubSubName, exception);
        }
    }

    private async Task RemoveAsync(SubscriptionRunner runner)
    {
        lock (_lock)
            _app.Remove(runner);
        using var drain = new CancellationTokenSource(_context.Options.GracefulShutdown);
        await runner.StopAsync(drain.Token);
        runner.Dispose();
    }
}
