using Dapr.Client;

namespace Dapr.Extensions.Configuration;

/// <summary>Configuration is often the first that needs the sidecar.</summary>
internal static class SidecarReadiness
{
    /// <exception cref="OperationCanceledException">The sidecar was not ready in time.</exception>
    public static async Task WaitAsync(DaprClient client, TimeSpan atMost)
    {
        using var timeout = new CancellationTokenSource(atMost);
        await client.WaitForSidecarAsync(timeout.Token).ConfigureAwait(false);
    }

    /// <summary>Whether an optional source does without what failed: the sidecar is not there, or refuses.</summary>
    public static bool IsAbsence(Exception error) => error is DaprException or OperationCanceledException or HttpRequestException;
}
