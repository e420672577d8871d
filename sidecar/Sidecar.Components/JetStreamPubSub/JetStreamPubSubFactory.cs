using Microsoft.Extensions.Logging;
using Sidecar.Components.Nats;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.JetStreamPubSub;

/// <summary>Makes <c>pubsub.jetstream</c>.</summary>
public sealed class JetStreamPubSubFactory : IComponentFactory
{
    /// <inheritdoc/>
    public string Type => "pubsub.jetstream";

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var options = JetStreamOptions.Read(component, context.AppDirectory);
        var logger = context.Loggers.CreateLogger("pubsub.jetstream");
        // Connecting goes on outside the lease: a server that is down must not keep other components waiting.
        var lease = await context.Shared.LeaseAsync(options.ConnectionKey, () => Task.FromResult(NatsConnection.Start(options.Connection, context.Time, logger)));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(component.InitTimeout);
        try
        {
            await lease.Instance.WaitUntilOpenAsync(limit.Token);
            return new JetStreamBus(lease, options, logger);
        }
        catch (NatsException error)
        {
            await lease.DisposeAsync();
            throw new ComponentException(
                component, "natsURL",
                error is NatsRefusedException
                    ? $"names a server that refuses us: {error.Message}"
                    : $"names {options.Connection.Address}, which cannot be reached within {component.InitTimeout.TotalSeconds:0.#} s (spec.initTimeout): {error.Message}; is nats-server running there?",
                error);
        }
    }
}
