using System.Text;
using System.Text.Json;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Runtime.Faults;

/// <summary>
/// A pub/sub component whose calls are fault points: <c>app/publish:type</c> and <c>app/delivery:type</c>, by CloudEvent type. After a delivery means: the app has answered, the broker does not know yet.
/// </summary>
internal class FaultyPubSub(IPubSub component, FaultPoints points, string appId) : IPubSub
{

    /// <inheritdoc/>
    public IReadOnlyList<string> Capabilities => component.Capabilities;

    /// <inheritdoc/>
    public async ValueTask PublishAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        var (point, passage) = Describe("publish", message);
        await points.PassAsync(point + "/before", passage, cancellationToken);
        await component.PublishAsync(message, cancellationToken);
        await points.PassAsync(point + "/after", passage, CancellationToken.None);
    }

    /// <inheritdoc/>
    public Task<IAsyncDisposable> SubscribeAsync(TopicSubscription subscription, MessageHandler handler, CancellationToken cancellationToken) =>
        component.SubscribeAsync(subscription, (message, token) => DeliverAsync(message, handler, token), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => component.DisposeAsync();

    private async Task DeliverAsync(PubSubMessage message, MessageHandler handler, CancellationToken cancellationToken)
    {
        var (point, passage) = Describe("delivery", message);
        switch (await points.PassAsync(point + "/before", passage, cancellationToken))
        {
            case { Kind: FaultKind.Late } late:
                // The data is the component's only until its delivery ends.
                _ = DeliverLaterAsync(message with { Data = message.Data.ToArray() }, handler, late.Milliseconds, cancellationToken);
                return;
            case { Kind: FaultKind.Twice }:
                await handler(message, cancellationToken);
                break;
            default:
                break;
        }

        await handler(message, cancellationToken);
        await points.PassAsync(point + "/after", passage, CancellationToken.None);
    }

    /// <summary>Nobody redelivers what was acknowledged: this tries until it is taken or the subscription ends.</summary>
    private static async Task DeliverLaterAsync(PubSubMessage message, MessageHandler handler, int milliseconds, CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromMilliseconds(milliseconds);
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(pause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await handler(message, cancellationToken);
                return;
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                // As a broker would: again after a pause.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private (string Point, Passage Passage) Describe(string what, PubSubMessage message)
    {
        var text = Encoding.UTF8.GetString(message.Data.Span);
        return ($"{appId}/{what}:{TypeOf(message)}", new Passage(appId, null, [text]));
    }

    private static string TypeOf(PubSubMessage message)
    {
        try
        {
            var reader = new Utf8JsonReader(message.Data.Span);
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var isType = reader.ValueTextEquals("type"u8);
                    reader.Read();
                    if (isType && reader.TokenType == JsonTokenType.String)
                        return reader.GetString()!;
                    reader.Skip();
                }
            }
        }
        catch (JsonException)
        {
            // Raw bytes: their topic has to do.
        }

        return message.Topic;
    }
}

/// <summary>As <see cref="FaultyPubSub"/>, for a component that also takes and delivers batches; batches pass no points.</summary>
internal sealed class FaultyBulkPubSub(IBulkPubSub component, FaultPoints points, string appId) : FaultyPubSub(component, points, appId), IBulkPubSub
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Exception?>> PublishBulkAsync(IReadOnlyList<PubSubMessage> messages, CancellationToken cancellationToken) =>
        component.PublishBulkAsync(messages, cancellationToken);

    /// <inheritdoc/>
    public Task<IAsyncDisposable> SubscribeBulkAsync(
        TopicSubscription subscription, int maxMessages, TimeSpan maxAwait, BulkMessageHandler handler, CancellationToken cancellationToken) =>
        component.SubscribeBulkAsync(subscription, maxMessages, maxAwait, handler, cancellationToken);
}
