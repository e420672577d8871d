namespace Sidecar.Runtime.AppChannels;

/// <summary>The sidecar's way to its own app: adds the app token and trace headers, and bounds concurrency.</summary>
public interface IAppChannel
{
    /// <summary>False for an app without a port: it gets no deliveries, jobs or invocations.</summary>
    bool IsConfigured { get; }

    /// <summary>
    /// True while the app takes work: its port has accepted a connection and, with health checks on, its probes pass.
    /// </summary>
    bool IsHealthy { get; }

    /// <summary>Completes when the app takes work.</summary>
    Task WaitUntilHealthyAsync(CancellationToken cancellationToken);

    /// <summary>Raised when <see cref="IsHealthy"/> changes; the argument is the new value.</summary>
    event Action<bool>? HealthChanged;

    /// <summary>Dapr's callback services on an app that speaks gRPC; null for one that speaks HTTP.</summary>
    AppCallback? Callback { get; }

    /// <summary>
    /// Sends a request whose address is a path on the app (<c>/orders?x=1</c>). The caller disposes the response.
    /// </summary>
    /// <exception cref="HttpRequestException">The app cannot be reached.</exception>
    Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken);
}
