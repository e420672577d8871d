using System.Net.Sockets;
using System.Text;

namespace Sidecar.Servers;

/// <summary>Asks a server for a sign of life: connects, sends a few bytes, reads the first answer.</summary>
internal static class LineProbe
{
    public static async Task<bool> SomebodyListensAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public static async Task<string> AskAsync(int port, string question, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port, cancellationToken);
        var stream = client.GetStream();
        if (question.Length > 0)
            await stream.WriteAsync(Encoding.Latin1.GetBytes(question), cancellationToken);
        var answer = new byte[512];
        var read = await stream.ReadAsync(answer, cancellationToken);
        return Encoding.Latin1.GetString(answer, 0, read);
    }
}
