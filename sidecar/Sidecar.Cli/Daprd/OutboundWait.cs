using Sidecar.Cli.Running;

namespace Sidecar.Cli.Daprd;

/// <summary><c>daprd --wait</c>: asks the sidecar on a port until it is ready for outgoing calls, for a minute at most.</summary>
internal static class OutboundWait
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    public static async Task<int> RunAsync(int port, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        output.WriteLine($"Waiting for Dapr to be outbound ready (timeout: {s_patience.TotalSeconds:0} seconds): url=http://localhost:{port}/v1.0/healthz/outbound");
        using var sidecar = SidecarClient.OfPort(port);
        using var timeout = new CancellationTokenSource(s_patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        while (true)
        {
            var problem = await AskAsync(sidecar, either.Token);
            if (problem is null)
            {
                output.WriteLine("Dapr is outbound ready!");
                return 0;
            }

            await Task.Delay(s_pause, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (either.IsCancellationRequested)
            {
                output.WriteLine($"Dapr outbound NOT ready: {problem}");
                return 1;
            }
        }
    }

    private static async Task<string?> AskAsync(SidecarClient sidecar, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("v1.0/healthz/outbound", UriKind.Relative));
            using var answer = await sidecar.SendAsync(request, cancellationToken);
            return answer.IsSuccessStatusCode ? null : $"HTTP status code {(int)answer.StatusCode}";
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return error.Message;
        }
    }
}
