using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.PubSub;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Outbox;

/// <summary>
/// The half of the outbox that follows the transaction: for each announcement it waits until the marker is there, publishes the event and deletes the marker. It waits inside the broker's
/// delivery, as daprd does: a broker that delivers one message at a time lets about one event a second through.
/// </summary>
internal sealed class OutboxForwarder(OutboxSettings settings, IStateStore store, Publisher publisher, TimeProvider time, ILogger logger)
{
    /// <summary>A transaction nearly always has committed by then.</summary>
    private static readonly TimeSpan s_firstLook = TimeSpan.FromSeconds(1);

    /// <summary>Between looks after that: three times longer each, at most 3 s, 10 s in all.</summary>
    private static readonly TimeSpan[] s_pauses = [TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3)];

    /// <summary>Handles one announcement; throwing leaves it with the broker.</summary>
    public async Task HandleAsync(PubSubMessage announcement, CancellationToken cancellationToken)
    {
        var id = OutboxEvent.IdOf(announcement.Data);
        await Task.Delay(s_firstLook, time, cancellationToken);
        if (!await TryAsync(async token => await store.GetAsync(id, token) is { Value.Length: > 0 }, cancellationToken))
        {
            if (settings.DiscardWhenMissing)
            {
                OutboxLog.Discarded(logger, id, settings.PubSub, settings.Topic);
                return;
            }

            OutboxLog.PutBack(logger, id, settings.PubSub, settings.Topic);
            throw new InvalidOperationException($"cannot publish outbox message to topic {settings.Topic} with pubsub {settings.PubSub}: outbox state not found");
        }

        // No publish metadata: Dapr's outbox has nowhere to keep it, a partition key included.
        await publisher.PublishEventAsync(settings.PubSub, settings.Topic, OutboxEvent.Readdress(announcement.Data, settings), cancellationToken);
        await TryAsync(
            async token =>
            {
                await store.ExecuteAsync(new DeleteState(id), token);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Tries until it is true or the time is over; the last failure of the store is thrown.</summary>
    private async Task<bool> TryAsync(Func<CancellationToken, Task<bool>> attempt, CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                if (await attempt(cancellationToken))
                    return true;
                if (tries == s_pauses.Length)
                    return false;
            }
            catch (Exception exception) when (exception is not OperationCanceledException && tries < s_pauses.Length)
            {
                // The store may be back in a moment.
            }

            await Task.Delay(s_pauses[tries], time, cancellationToken);
        }
    }
}
