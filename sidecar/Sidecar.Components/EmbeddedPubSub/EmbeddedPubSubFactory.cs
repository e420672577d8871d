using System.Globalization;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Resources.Loading;

namespace Sidecar.Components.EmbeddedPubSub;

/// <summary>
/// Makes <c>pubsub.embedded</c>. Metadata: <c>path</c> (directory, default <c>broker</c>, relative to the host's directory), <c>concurrency</c> (64: messages
/// under delivery at once to one subscriber), <c>redeliverInterval</c> (1s, doubling up to 60s), <c>maxDeliver</c> (0: no end), <c>retention</c> (168h, for
/// topics nobody subscribes to), <c>queueDepth</c> (20000 messages of a group in memory), <c>deadLetterDepth</c> (10000 dead letters of a topic kept for a person) and <c>segmentSize</c> (bytes, 16 MiB).
/// </summary>
public sealed class EmbeddedPubSubFactory : IComponentFactory
{
    /// <inheritdoc/>
    public string Type => "pubsub.embedded";

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var path = component.Metadata.TryGetValue("path", out var given) && given.Length > 0 ? given : "broker";
        var directory = Path.GetFullPath(path, Path.GetFullPath(context.HostDirectory));
        var subscriber = new SubscriberOptions
        {
            Concurrency = Number(component, "concurrency", 64, 1),
            RedeliverInterval = Time(component, "redeliverInterval", TimeSpan.FromSeconds(1)),
            MaxDeliver = Number(component, "maxDeliver", 0, 0),
        };
        var broker = new EmbeddedBrokerOptions
        {
            SegmentSize = Number(component, "segmentSize", 16 << 20, 4096),
            Retention = Time(component, "retention", TimeSpan.FromDays(7)),
            QueueDepth = Number(component, "queueDepth", 20_000, 1),
            DeadLetterDepth = Number(component, "deadLetterDepth", 10_000, 1),
        };
        try
        {
            var lease = await context.Shared.LeaseAsync(
                directory, () => EmbeddedBroker.OpenAsync(directory, broker, context.Time, context.Loggers.CreateLogger("broker")));
            return new EmbeddedBrokerPubSub(lease, subscriber);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new ComponentException(component, exception.Message, exception);
        }
    }

    private static int Number(Component component, string key, int otherwise, int least)
    {
        if (!component.Metadata.TryGetValue(key, out var text) || text.Length == 0)
            return otherwise;
        return int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw new ComponentException(component, key, $"must be a whole number of at least {least}, but is '{text}'");
    }

    private static TimeSpan Time(Component component, string key, TimeSpan otherwise)
    {
        if (!component.Metadata.TryGetValue(key, out var text) || text.Length == 0)
            return otherwise;
        return GoDuration.TryParse(text, out var time) && time > TimeSpan.Zero
            ? time
            : throw new ComponentException(component, key, $"must be a duration such as '500ms' or '1m30s', but is '{text}'");
    }
}
