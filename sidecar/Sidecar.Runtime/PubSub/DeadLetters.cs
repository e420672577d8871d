using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Errors;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.PubSub;

/// <summary>Sends what one group could not take to the subscription's dead-letter topic, with its original data and metadata.</summary>
internal sealed class DeadLetters(Subscription subscription, string group, Publisher publisher, ILogger logger)
{
    /// <summary>True when the subscription names a dead-letter topic.</summary>
    public bool AreKept => subscription.DeadLetterTopic.Length > 0;

    /// <summary>False when there is no such topic, or it did not take them: then they stay with the component.</summary>
    public async Task<bool> TrySendAsync(IReadOnlyList<(PubSubMessage Message, string Reason)> messages, CancellationToken cancellationToken)
    {
        if (!AreKept)
            return false;
        try
        {
            await publisher.ForwardAsync(
                subscription.PubSubName, subscription.DeadLetterTopic,
                [.. messages.Select(letter => letter.Message with { Origin = new DeadLetterOrigin(letter.Message.Topic, group, letter.Reason) })], cancellationToken);
            PubSubLog.DeadLettered(logger, messages.Count, subscription.Topic, subscription.DeadLetterTopic);
            return true;
        }
        catch (Exception exception) when (exception is DaprApiException or BulkPublishException)
        {
            PubSubLog.DeadLetterFailed(logger, messages.Count, subscription.Topic, subscription.DeadLetterTopic, exception.Message);
            return false;
        }
    }

    /// <summary>As for several.</summary>
    public Task<bool> TrySendAsync(PubSubMessage message, string reason, CancellationToken cancellationToken) => TrySendAsync([(message, reason)], cancellationToken);
}
