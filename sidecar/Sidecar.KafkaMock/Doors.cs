using System.Net;
using System.Net.Sockets;

namespace Sidecar.KafkaMock;

/// <summary>The fixed ports in front of a cluster whose own ports the system chooses.</summary>
internal static class Doors
{
    /// <summary>Listens on a port of 127.0.0.1 and passes each connection on to the first broker that takes it: a client asks there where the brokers are, and then goes to them.</summary>
    public static Task ForwardAsync(int port, IReadOnlyList<IPEndPoint> brokers, CancellationToken cancellationToken) =>
        AcceptAsync(port, (client, token) => PassOnAsync(client, brokers, token), cancellationToken);

    /// <summary>Listens on a port of 127.0.0.1 and answers each line.</summary>
    public static Task AnswerAsync(int port, Func<string, string> answer, CancellationToken cancellationToken) =>
        AcceptAsync(port, (client, token) => ConverseAsync(client, answer, token), cancellationToken);

    private static async Task AcceptAsync(int port, Func<TcpClient, CancellationToken, Task> serve, CancellationToken cancellationToken)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync(cancellationToken);
            _ = ServeAsync(client, serve, cancellationToken);
        }
    }

    private static async Task ServeAsync(TcpClient client, Func<TcpClient, CancellationToken, Task> serve, CancellationToken cancellationToken)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                await serve(client, cancellationToken);
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
            {
                // One side has gone: so does the connection.
            }
        }
    }

    private static async Task PassOnAsync(TcpClient client, IReadOnlyList<IPEndPoint> brokers, CancellationToken cancellationToken)
    {
        foreach (var broker in brokers)
        {
            using var inner = new TcpClient { NoDelay = true };
            try
            {
                await inner.ConnectAsync(broker, cancellationToken);
            }
            catch (SocketException)
            {
                continue;
            }

            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var there = client.GetStream().CopyToAsync(inner.GetStream(), ended.Token);
            var back = inner.GetStream().CopyToAsync(client.GetStream(), ended.Token);
            await Task.WhenAny(there, back);
            await ended.CancelAsync();
            await Task.WhenAll(there, back);
            return;
        }
    }

    private static async Task ConverseAsync(TcpClient client, Func<string, string> answer, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(client.GetStream());
        await using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true };
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            await writer.WriteLineAsync(answer(line).AsMemory(), cancellationToken);
        }
    }
}
