using System.Net;
using System.Net.Sockets;

namespace Sidecar.Processes;

/// <summary>Hands out ports that nobody listens on, each once.</summary>
public sealed class FreePorts
{
    // Below the range that systems take outgoing ports from: a port stays free while its app restarts.
    private const int First = 20_000;
    private const int Last = 32_000;

    private readonly HashSet<int> _given = [];
    private int _next = Random.Shared.Next(First, Last);

    /// <summary>Keeps a port from being handed out.</summary>
    public void Reserve(int port) => _given.Add(port);

    /// <summary>The next free port.</summary>
    /// <exception cref="InvalidOperationException">Every port of the range is taken.</exception>
    public int Next()
    {
        for (var tries = Last - First; tries > 0; tries--)
        {
            var port = _next;
            _next = _next + 1 >= Last ? First : _next + 1;
            if (!_given.Contains(port) && IsFree(port))
            {
                _given.Add(port);
                return port;
            }
        }

        throw new InvalidOperationException($"no port from {First} to {Last} is free");
    }

    /// <summary>True when the port can be listened on, on loopback.</summary>
    public static bool IsFree(int port)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
