using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.KafkaPubSub;

/// <summary>Who takes the messages of a topic: one by one, or in batches of at most <paramref name="maxMessages"/>, filled for at most <paramref name="maxAwait"/>.</summary>
internal sealed class TopicSubscriber(GroupConsumer group, string topic, int maxMessages, TimeSpan maxAwait, BulkMessageHandler handler) : IAsyncDisposable
{
    private readonly CancellationTokenSource _closing = new();

    public string Topic => topic;

    public int MaxMessages => maxMessages;

    public TimeSpan MaxAwait => maxAwait;

    public BulkMessageHandler Handler => handler;

    /// <summary>Cancelled when nothing new may be started for it.</summary>
    public CancellationToken Closing => _closing.Token;

    /// <summary>Takes no more, and waits for what is under delivery; then the topic is given back to the group.</summary>
    public async ValueTask DisposeAsync()
    {
        // No wait may hide between the call and this: what a pause interrupts from here on did not fail.
        _closing.Cancel();
        await group.RemoveAsync(this);
    }
}
