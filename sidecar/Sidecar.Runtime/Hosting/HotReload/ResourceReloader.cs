using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Bindings;
using Sidecar.Runtime.Configurations;
using Sidecar.Runtime.PubSub;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.Hosting.HotReload;

/// <summary>
/// Keeps the components and declarative subscriptions of a running sidecar as its resources folders say, as Dapr does unless the feature <c>HotReload</c> is switched off: folders are watched,
/// and compared at intervals besides. A folder that cannot be read changes nothing.
/// </summary>
internal sealed class ResourceReloader(SidecarInstance sidecar, LoadResources load, ComponentReloader components, ILogger logger) : IAsyncDisposable
{
    /// <summary>Name of Dapr's feature.</summary>
    public const string Feature = "HotReload";

    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stopping = new();
    private IReadOnlyList<string> _subscriptions = Texts(sidecar.Context.Resources.Subscriptions);
    private string _fixedAtStart = sidecar.Context.Resources.FixedAtStart;
    private string _told = "";
    private Task _running = Task.CompletedTask;

    /// <summary>True for a sidecar whose folders are followed.</summary>
    public static bool IsWanted(SidecarOptions options, SidecarResources resources) =>
        options.HotReload && options.ResourcesPaths.Count > 0 && resources.Configuration.Features.GetValueOrDefault(Feature, defaultValue: true);

    /// <summary>Begins to follow.</summary>
    public void Start()
    {
        logger.Enabled(sidecar.Options.AppId);
        var folders = string.Join(", ", sidecar.Options.ResourcesPaths);
        logger.Watching(sidecar.Options.AppId, folders);
        // What changed while the sidecar started was seen by nobody, so the first look is now.
        _running = Task.Run(() => RunAsync(_stopping.Token));
    }

    /// <summary>Follows no more.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await components.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var watch = await FolderWatch.OpenAsync(sidecar.Options, sidecar.Context.Shared, logger);
        while (true)
        {
            try
            {
                await ReloadAsync(await load(sidecar.Options, cancellationToken), cancellationToken);
                _told = "";
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Tell(error.Message);
            }

            await watch.WaitAsync(sidecar.Options.ReconcileInterval, s_quiet, sidecar.Context.Time, cancellationToken);
        }
    }

    private async Task ReloadAsync(SidecarResources declared, CancellationToken cancellationToken)
    {
        var changed = await components.FollowAsync(declared.Components, cancellationToken);
        var subscriptions = Texts(declared.Subscriptions);
        if (!subscriptions.SequenceEqual(_subscriptions))
        {
            _subscriptions = subscriptions;
            logger.Subscriptions(sidecar.Options.AppId, subscriptions.Count);
            changed = true;
        }

        if (changed)
        {
            await sidecar.GetBlock<PubSubBlock>().FollowResourcesAsync(declared.Subscriptions, cancellationToken);
            await sidecar.GetBlock<BindingsBlock>().FollowComponentsAsync(cancellationToken);
            await sidecar.GetBlock<ConfigurationBlock>().FollowComponentsAsync();
        }

        if (declared.FixedAtStart == _fixedAtStart)
            return;
        _fixedAtStart = declared.FixedAtStart;
        logger.FixedAtStart(sidecar.Options.AppId);
    }

    private static IReadOnlyList<string> Texts(IReadOnlyList<Subscription> subscriptions) => [.. subscriptions.Select(subscription => subscription.Declaration)];

    private void Tell(string problem)
    {
        if (problem == _told)
            return;
        _told = problem;
        logger.NotLoaded(sidecar.Options.AppId, problem);
    }
}
