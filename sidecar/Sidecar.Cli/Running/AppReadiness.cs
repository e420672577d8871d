using System.Net.Sockets;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Cli.Running;

/// <summary>Waits until an app that was started again accepts connections and passes its health check.</summary>
internal static class AppReadiness
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);
    private static readonly HttpClient s_client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(2) };

    /// <summary>Returns when the app takes work.</summary>
    public static async Task WaitAsync(SidecarOptions app, TimeProvider time, CancellationToken cancellationToken)
    {
        while (app.AppPort > 0 && !await IsReadyAsync(app, cancellationToken))
        {
            await Task.Delay(s_pause, time, cancellationToken);
        }
    }

    private static async Task<bool> IsReadyAsync(SidecarOptions app, CancellationToken cancellationToken)
    {
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(app.AppChannelAddress, app.AppPort, cancellationToken);
            if (app.AppHealthCheck is null || app.AppProtocol != "http")
                return true;
            using var answer = await s_client.GetAsync(new Uri($"http://{app.AppChannelAddress}:{app.AppPort}/{app.AppHealthCheck.Path.TrimStart('/')}"), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is SocketException or HttpRequestException || (error is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }
}
