using System.Net;
using System.Net.Sockets;

namespace Sidecar.Processes;

/// <summary>Hands out ports that nobody listens on, each once in this process: a server and a sidecar that are planned at the same time do not meet.</summary>
public sealed class FreePorts
{
    // Below the range that systems take outgoing ports from: a port stays free while its app restarts.
    private const int First = 20_000;
    private const int Last = 32_000;

    private static readonly HashSet<int> s_given = [];
    private static readonly Lock s_lock = new();
    private int _next = Random.Shared.Next(First, Last);

    /// <summary>Keeps a port from being handed out.</summary>
    public static void Reserve(int port)
    {
        lock (s_lock)
            s_given.Add(port);
    }

    /// <summary>The next free port.</summary>
    /// <exception cref="InvalidOperationException">Every port of the range is taken.</exception>
    public int Next()
    {
        lock (s_lock)
        {
            if (Find() is { } port)
                return port;
            // All were given once: those that are free again may be given again.
            s_given.Clear();
            return Find() ?? throw new InvalidOperationException($"no port from {First} to {Last} is free");
        }
    }

    private int? Find()
    {
        for (var tries = Last - First; tries > 0; tries--)
        {
            var port = _next;
            _next = _next + 1 >= Last ? First : _next + 1;
            if (!s_given.Contains(port) && IsFree(port))
            {
                s_given.Add(port);
                return port;
            }
        }

        return null;
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
