using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.KafkaPubSub;

/// <summary>Makes <c>pubsub.kafka</c>: Dapr's metadata on librdkafka, which is looked for when the first such component is made and not before.</summary>
public sealed class KafkaPubSubFactory : IComponentFactory
{
    private readonly Func<string?> _missing;

    /// <summary>Makes a factory that uses this machine's librdkafka.</summary>
    public KafkaPubSubFactory()
        : this(() => NativeKafka.Missing)
    {
    }

    /// <param name="missing">Says why there is no library, or null.</param>
    internal KafkaPubSubFactory(Func<string?> missing) => _missing = missing;

    /// <inheritdoc/>
    public string Type => "pubsub.kafka";

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var settings = KafkaMetadata.Read(component);
        if (_missing() is { } missing)
            throw new ComponentException(component, missing);
        var logger = context.Loggers.CreateLogger("pubsub.kafka");
        try
        {
            var lease = await context.Shared.LeaseAsync(KeyOf(settings), () => Task.FromResult(KafkaProducer.Create(settings, context.Time, logger)));
            try
            {
                // What remains of the time is for the error to be told before the initialisation itself is cut off.
                await lease.Instance.ReachAsync(component.InitTimeout * 0.8, cancellationToken);
            }
            catch
            {
                await lease.DisposeAsync();
                throw;
            }

            return new KafkaBroker(settings, lease, context.Time, logger);
        }
        catch (KafkaConnectException exception)
        {
            throw new ComponentException(component, exception.Message, exception);
        }
    }

    /// <summary>Components share a producer when all that a producer depends on is the same; the record's text holds every setting by value.</summary>
    private static string KeyOf(KafkaSettings settings) => (settings with { ConsumerGroup = null }).ToString();
}
