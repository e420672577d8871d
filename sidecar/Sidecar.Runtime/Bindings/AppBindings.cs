using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.Bindings;

/// <summary>Which input bindings the app takes, and how their events go to it.</summary>
internal sealed class AppBindings(SidecarContext context, IBindingReceiver app, ILogger logger)
{
    /// <summary>True when the component says <c>direction: input</c>, or the app says yes.</summary>
    public async Task<bool> WantsAsync(Component binding, CancellationToken cancellationToken) =>
        HasDirection(binding, "input") || await app.WantsAsync(binding, cancellationToken);

    /// <summary>Delivers events of one binding under its inbound policy.</summary>
    public BindingEventHandler HandlerFor(Component binding)
    {
        var policy = context.Policies.ForComponentInbound(binding.Name, binding.Type);
        return async (@event, cancellationToken) =>
        {
            try
            {
                return await policy.ExecuteAsync(token => app.DeliverAsync(binding, @event, token), cancellationToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                BindingsLog.NotDelivered(logger, binding.Name, error.Message);
                throw;
            }
        };
    }

    private static bool HasDirection(Component binding, string direction) =>
        binding.Metadata.TryGetValue("direction", out var directions)
        && directions.Split(',', StringSplitOptions.TrimEntries).Contains(direction, StringComparer.OrdinalIgnoreCase);
}
