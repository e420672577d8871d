using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Actors;

/// <summary>What the sidecars of one namespace in this process share: where actors are, and their reminders. In real Dapr these are services of their own.</summary>
internal sealed class ActorSystem : IAsyncDisposable
{
    public ActorSystem(SidecarContext context, ILogger logger)
    {
        Placement = new ActorPlacement(context.Time);
        Reminders = new ActorReminders(context.Options.Namespace, context.SchedulerStore, Placement, context.Time, logger);
    }

    public ActorPlacement Placement { get; }

    public ActorReminders Reminders { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Reminders.DisposeAsync();
        Placement.Clockwork.Dispose();
    }
}
