using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components.EmbeddedPubSub;

namespace Sidecar.Cli.Messages;

/// <summary>The messages of the embedded brokers of this process.</summary>
/// <param name="brokers">The brokers.</param>
/// <param name="others">Pub/sub components that are another broker's.</param>
/// <param name="owned">The brokers were opened for this and are closed with it.</param>
internal sealed class BrokerMessages(IReadOnlyList<EmbeddedBroker> brokers, IReadOnlyList<OtherBroker> others, bool owned) : IMessages
{
    /// <summary>Opens the brokers of a run that is stopped: it can be started again when this is disposed.</summary>
    /// <exception cref="IOException">A broker is in use.</exception>
    public static async Task<BrokerMessages> OpenAsync(IReadOnlyList<string> directories)
    {
        var brokers = new List<EmbeddedBroker>();
        try
        {
            foreach (var directory in directories)
                brokers.Add(await EmbeddedBroker.OpenAsync(directory, new EmbeddedBrokerOptions(), TimeProvider.System, NullLogger.Instance));
            return new BrokerMessages(brokers, [], owned: true);
        }
        catch
        {
            foreach (var broker in brokers)
                await broker.DisposeAsync();
            throw;
        }
    }

    public Task<PendingView> PendingAsync(CancellationToken cancellationToken)
    {
        var groups = brokers.SelectMany(broker =>
        {
            var oldest = broker.OldestPending();
            return broker.Status().Select(group => new GroupView(
                group.Topic, group.Group, group.Pending, group.InDelivery, oldest.TryGetValue((group.Topic, group.Group), out var at) ? at : null, group.Subscribers, group.Dead.Count));
        });
        return Task.FromResult(new PendingView(
            [.. groups.OrderByDescending(group => group.Pending).ThenBy(group => group.Topic, StringComparer.Ordinal).ThenBy(group => group.Group, StringComparer.Ordinal)],
            brokers.Sum(broker => broker.DeadLetters(int.MaxValue).Count), others));
    }

    public Task<IReadOnlyList<LetterView>> DeadAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<LetterView>>([.. brokers.SelectMany(broker => broker.DeadLetters()).OrderBy(letter => letter.At).Select(letter => View(letter).View)]);

    public Task<LetterDetail?> ShowAsync(string id, CancellationToken cancellationToken)
    {
        if (brokers.SelectMany(broker => broker.DeadLetters(int.MaxValue)).FirstOrDefault(letter => letter.Id.ToString() == id) is not { } found)
            return Task.FromResult<LetterDetail?>(null);
        var (view, cloudEvent) = View(found);
        var data = found.Message.Data.Span;
        var raw = cloudEvent is not null ? null : Utf8.IsValid(data) ? Encoding.UTF8.GetString(data) : Convert.ToBase64String(data);
        return Task.FromResult<LetterDetail?>(new LetterDetail(view, found.Message.Metadata, cloudEvent, raw));
    }

    public Task<Settled> ReplayAsync(string id, CancellationToken cancellationToken) => SettleAsync(id, (broker, letter) => broker.ReplayAsync(letter, cancellationToken));

    public Task<Settled> DiscardAsync(string id, CancellationToken cancellationToken) => SettleAsync(id, (broker, letter) => Task.FromResult(broker.Discard(letter)));

    public async ValueTask DisposeAsync()
    {
        foreach (var broker in owned ? brokers : [])
            await broker.DisposeAsync();
    }

    private async Task<Settled> SettleAsync(string id, Func<EmbeddedBroker, LetterId, Task<bool>> settle)
    {
        if (!LetterId.TryParse(id, out var letter))
            return new Settled(id, false, $"'{id}' names no dead letter; names look like orders-dead-letters/12, and `sidecar messages dead` lists them");
        try
        {
            foreach (var broker in brokers)
            {
                if (await settle(broker, letter))
                    return new Settled(id, true, null);
            }

            return new Settled(id, false, $"there is no dead letter '{id}', or no more: `sidecar messages dead` lists them");
        }
        catch (Exception error) when (error is IOException or InvalidOperationException)
        {
            return new Settled(id, false, error.Message);
        }
    }

    private static (LetterView View, JsonElement? CloudEvent) View(DeadLetter letter)
    {
        var cloudEvent = ParseEvent(letter.Message.Data);
        return (new LetterView(
            letter.Id.ToString(), letter.Origin.Topic, letter.Origin.Group, letter.Origin.Reason, letter.At, letter.Deliveries, letter.Message.Metadata.GetValueOrDefault("partitionKey"),
            Text("id"), Text("type"), Text("source")), cloudEvent);

        string? Text(string attribute) => cloudEvent?.TryGetProperty(attribute, out var value) == true && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }

    private static JsonElement? ParseEvent(ReadOnlyMemory<byte> data)
    {
        try
        {
            using var document = JsonDocument.Parse(data);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("specversion", out _) ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
