using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Errors;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.PubSub;

/// <summary>Sends what could not be delivered to the subscription's dead-letter topic, with its original data and metadata.</summary>
internal static class DeadLetters
{
    /// <summary>False when there is no such topic, or it did not take them: then they stay with the component.</summary>
    public static async Task<bool> TrySendAsync(
        Publisher publisher, Subscription subscription, IReadOnlyList<PubSubMessage> messages, ILogger logger, CancellationToken cancellationToken)
    {
        if (subscription.DeadLetterTopic.Length == 0)
            return false;
        try
        {
            await publisher.ForwardAsync(subscription.PubSubName, subscription.DeadLetterTopic, messages, cancellationToken);
            PubSubLog.DeadLettered(logger, messages.Count, subscription.Topic, subscription.DeadLetterTopic);
            return true;
        }
        catch (Exception exception) when (exception is DaprApiException or BulkPublishException)
        {
            PubSubLog.DeadLetterFailed(logger, messages.Count, subscription.Topic, subscription.DeadLetterTopic, exception.Message);
            return false;
        }
    }
}
