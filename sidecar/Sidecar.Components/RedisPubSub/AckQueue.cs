using System.Threading.Channels;
using Sidecar.Components.Redis;

namespace Sidecar.Components.RedisPubSub;

/// <summary>Acknowledges what was handled, many messages in one command while the server is the slower one.</summary>
internal sealed class AckQueue
{
    private const int MostAtOnce = 500;
    private readonly Channel<string> _handled = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private readonly StreamGroup _group;
    private readonly Action<string> _acknowledged;
    private readonly Task _loop;
    private volatile bool _ending;

    public AckQueue(StreamGroup group, Action<string> acknowledged)
    {
        (_group, _acknowledged) = (group, acknowledged);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Takes a message that is to be acknowledged.</summary>
    public void Add(string id) => _handled.Writer.TryWrite(id);

    /// <summary>Acknowledges the rest and ends.</summary>
    public Task CompleteAsync()
    {
        _ending = true;
        _handled.Writer.TryComplete();
        return _loop;
    }

    private async Task RunAsync()
    {
        var ids = new List<string>();
        while (await _handled.Reader.WaitToReadAsync())
        {
            while (ids.Count < MostAtOnce && _handled.Reader.TryRead(out var id))
                ids.Add(id);
            await AcknowledgeAsync(ids);
            ids.ForEach(_acknowledged);
            ids.Clear();
        }
    }

    private async Task AcknowledgeAsync(List<string> ids)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                await _group.AcknowledgeAsync(ids, CancellationToken.None);
                return;
            }
            catch (Exception error) when (error is RedisUnavailableException or RedisRefusalException && !_ending)
            {
                // What was handled should not come again: it stays in the queue until the server is back, or the subscription ends.
                await _group.PauseAsync(failures, error, CancellationToken.None);
            }
            catch (Exception error) when (error is RedisUnavailableException or RedisRefusalException)
            {
                ids.ForEach(id => _group.TellFailure(id, error, comesAgain: true));
                return;
            }
        }
    }
}
