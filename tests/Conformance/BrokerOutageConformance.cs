using System.Globalization;
using System.Text;
using Sidecar.Runtime.PubSub;

namespace Conformance;

/// <summary>What must hold when the broker goes away in mid-stream and comes back. A component's own test class derives from this, with a broker of its own.</summary>
public abstract class BrokerOutageConformance : IAsyncLifetime
{
    private const int Count = 300;

    /// <summary>A broker that starts anew takes a minute and more where other tests keep both processors busy.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);

    /// <summary>Starts the broker and what the topic needs.</summary>
    protected abstract Task StartBrokerAsync(string topic);

    /// <summary>Takes the broker away without a warning.</summary>
    protected abstract Task BreakAsync();

    /// <summary>Brings it back with what it had made durable.</summary>
    protected abstract Task MendAsync();

    /// <summary>Makes the component as one instance of an app gets it.</summary>
    protected abstract Task<IPubSub> OpenAsync(string appId);

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public abstract Task DisposeAsync();

    [ConformanceFact]
    public async Task What_the_broker_took_arrives_although_it_was_killed_in_between()
    {
        await StartBrokerAsync("orders");
        await using var publisher = await OpenAsync("publisher");
        await using var subscriber = await OpenAsync("reader");
        var inbox = new Inbox();
        await using var subscription = await subscriber.SubscribeAsync(new TopicSubscription("orders", "reader", new Dictionary<string, string>()), inbox.HandleAsync, CancellationToken.None);

        using var limit = new CancellationTokenSource(s_patience);
        var publishing = PublishAllAsync(publisher, limit.Token);
        await inbox.WaitForAsync(Count / 10);
        await BreakAsync();
        await MendAsync();
        await publishing;

        var expected = Enumerable.Range(0, Count).Select(Text).ToHashSet();
        while (!expected.IsSubsetOf(inbox.Texts))
        {
            await Task.Delay(20, limit.Token);
        }
    }

    /// <summary>Publishes one after the other, each until the broker has taken it.</summary>
    private static async Task PublishAllAsync(IPubSub publisher, CancellationToken cancellationToken)
    {
        for (var i = 0; i < Count; i++)
        {
            while (true)
            {
                try
                {
                    await publisher.PublishAsync(new PubSubMessage("orders", Encoding.UTF8.GetBytes(Text(i)), new Dictionary<string, string> { ["partitionKey"] = $"{i % 7}" }), cancellationToken);
                    break;
                }
                catch (Exception) when (!cancellationToken.IsCancellationRequested)
                {
                    // The broker is away: publishing again is the caller's part.
                    await Task.Delay(20, cancellationToken);
                }
            }
        }
    }

    private static string Text(int i) => i.ToString("D4", CultureInfo.InvariantCulture);
}
