using System.Threading.Channels;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.JetStreamPubSub;

/// <summary>How messages are handed to the app: one by one, or several together. Dapr's component knows no batches; the runtime's own collecting would wait for each message alone.</summary>
/// <param name="mostMessages">Most in one batch.</param>
/// <param name="mostAwait">Longest wait for a full one.</param>
/// <param name="handler">The app.</param>
internal sealed class JetStreamBatch(int mostMessages, TimeSpan mostAwait, BulkMessageHandler handler)
{
    /// <summary>One by one.</summary>
    public static JetStreamBatch OneByOne(MessageHandler handler) => new(1, TimeSpan.Zero, async (messages, token) =>
    {
        await handler(messages[0], token);
        return [null];
    });

    /// <summary>
    /// The next batch, without what <paramref name="take"/> does not want; null when nothing comes any more. A batch is also full when <paramref name="isStarved"/>: the server sends no more
    /// until some of it is settled.
    /// </summary>
    public async ValueTask<List<Delivery>?> CollectAsync(
        ChannelReader<Delivery> queue, Func<Delivery, ValueTask<bool>> take, Func<bool> isStarved, TimeProvider time, CancellationToken closing)
    {
        if (!await queue.WaitToReadAsync(CancellationToken.None))
            return null;
        var batch = new List<Delivery>(mostMessages == 1 ? 1 : 16);
        await DrainAsync(queue, take, batch);
        if (batch.Count == 0 || batch.Count >= mostMessages || mostAwait <= TimeSpan.Zero || isStarved())
            return batch;
        using var wait = new CancellationTokenSource(mostAwait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(wait.Token, closing);
        try
        {
            while (batch.Count < mostMessages && !isStarved() && await queue.WaitToReadAsync(either.Token))
            {
                await DrainAsync(queue, take, batch);
            }
        }
        catch (OperationCanceledException)
        {
            // The wait is over: the batch goes as it is.
        }

        return batch;
    }

    /// <summary>One outcome for each message: null, or why it was not handled.</summary>
    public async Task<IReadOnlyList<Exception?>> HandleAsync(IReadOnlyList<PubSubMessage> messages, CancellationToken cancellationToken)
    {
        try
        {
            return await handler(messages, cancellationToken);
        }
        catch (Exception error)
        {
            return [.. Enumerable.Repeat(error, messages.Count)];
        }
    }

    private async ValueTask DrainAsync(ChannelReader<Delivery> queue, Func<Delivery, ValueTask<bool>> take, List<Delivery> batch)
    {
        while (batch.Count < mostMessages && queue.TryRead(out var message))
        {
            if (await take(message))
                batch.Add(message);
        }
    }
}
