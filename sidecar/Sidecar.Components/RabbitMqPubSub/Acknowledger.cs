using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Sidecar.Components.RabbitMqPubSub;

/// <summary>
/// Sends acknowledgements of one channel. What is settled while the last ones are being written goes together: one acknowledgement of "all up to here"
/// stands for every message below it, and is used only when each of them is settled.
/// </summary>
internal sealed class Acknowledger(IChannel channel)
{
    private readonly Lock _lock = new();
    private readonly HashSet<ulong> _ahead = [];
    private List<Settled> _collecting = [];
    private List<Settled> _sending = [];
    private ulong _next = 1;
    private Task _flush = Task.CompletedTask;
    private bool _flushing;

    /// <summary>A message is done, or goes back.</summary>
    public void Settle(ulong tag, bool done, bool requeue)
    {
        lock (_lock)
        {
            _collecting.Add(new Settled(tag, done, requeue));
            if (_flushing)
                return;
            _flushing = true;
            _flush = Task.Run(FlushAsync);
        }
    }

    /// <summary>Completes when everything settled until now is written.</summary>
    public Task FlushedAsync()
    {
        lock (_lock)
            return _flush;
    }

    private async Task FlushAsync()
    {
        try
        {
            while (Take() is { Count: > 0 } settled)
            {
                await SendAsync(settled);
                settled.Clear();
            }
        }
        catch (Exception error) when (error is RabbitMQClientException or IOException or ObjectDisposedException)
        {
            // The channel is gone, and what was not acknowledged is delivered again: nothing more to tell it. _flushing stays true, so nobody tries.
        }
    }

    private List<Settled> Take()
    {
        lock (_lock)
        {
            (_collecting, _sending) = (_sending, _collecting);
            _flushing = _sending.Count > 0;
            return _sending;
        }
    }

    private async Task SendAsync(List<Settled> settled)
    {
        // Before anything that covers them: an acknowledgement of all below would take a refused message for done.
        foreach (var refused in settled)
        {
            if (!refused.Done)
                await channel.BasicNackAsync(refused.Tag, multiple: false, refused.Requeue);
        }

        settled.Sort(static (one, other) => one.Tag.CompareTo(other.Tag));
        var covering = 0UL;
        var covered = 0;
        var at = 0;
        while (true)
        {
            if (at < settled.Count && settled[at].Tag == _next)
            {
                if (settled[at].Done)
                {
                    covering = _next;
                    covered++;
                }

                at++;
            }
            else if (!_ahead.Remove(_next))
            {
                break;
            }

            _next++;
        }

        if (covered > 0)
            await channel.BasicAckAsync(covering, multiple: covered > 1);
        for (; at < settled.Count; at++)
        {
            _ahead.Add(settled[at].Tag);
            if (settled[at].Done)
                await channel.BasicAckAsync(settled[at].Tag, multiple: false);
        }
    }

    private readonly record struct Settled(ulong Tag, bool Done, bool Requeue);
}
