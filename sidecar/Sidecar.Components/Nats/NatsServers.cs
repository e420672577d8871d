namespace Sidecar.Components.Nats;

/// <summary>The servers of a cluster: those that were given and those that they told of. Each is tried in turn, the one after the last first.</summary>
internal sealed class NatsServers(IReadOnlyList<NatsAddress> given)
{
    private readonly Lock _gate = new();
    private readonly List<NatsAddress> _all = [.. given];
    private int _next;

    /// <summary>Connects to the first that takes us.</summary>
    /// <exception cref="NatsException">None does; the error of the last.</exception>
    public async Task<NatsLink> OpenAsync(NatsOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        List<NatsAddress> turn;
        lock (_gate)
        {
            turn = [.. _all.Skip(_next), .. _all.Take(_next)];
            _next = (_next + 1) % _all.Count;
        }

        NatsException? last = null;
        foreach (var address in turn)
        {
            try
            {
                var link = await NatsHandshake.OpenAsync(address, options, time, cancellationToken);
                Learn(link.Info.ConnectUrls);
                return link;
            }
            catch (NatsException error)
            {
                last = error;
            }
        }

        throw last!;
    }

    /// <summary>Adds servers that one told of; they take the credentials of the first.</summary>
    public void Learn(IReadOnlyList<string>? urls)
    {
        foreach (var url in urls ?? [])
        {
            if (!TryRead(url, out var told))
                continue;
            lock (_gate)
            {
                if (!_all.Exists(known => known.Host == told.Host && known.Port == told.Port))
                    _all.Add(told);
            }
        }
    }

    private bool TryRead(string url, out NatsAddress address)
    {
        try
        {
            var read = NatsAddress.ParseList(url)[0];
            address = given[0] with { Host = read.Host, Port = read.Port };
            return true;
        }
        catch (FormatException)
        {
            // A server's idea of its own address is no concern of the caller's.
            address = given[0];
            return false;
        }
    }
}
