using System.Net.Http.Headers;
using System.Text.Json;
using Dapr.Common.Sidecar;

namespace Dapr.Client;

/// <summary>
/// Everything an application can ask its sidecar: state, publish, service invocation, bindings, secrets, configuration, locks, metadata and health.
/// Build one with <see cref="DaprClientBuilder"/> or register it with <c>AddDaprClient</c>; it is thread-safe and meant to be shared.
/// </summary>
public abstract partial class DaprClient : IDisposable
{
    private bool disposed;

    /// <summary>How payloads are written and read.</summary>
    public abstract JsonSerializerOptions JsonSerializerOptions { get; }

    /// <summary>Whether the sidecar is ready (<c>GET /v1.0/healthz</c>). An unreachable sidecar is not.</summary>
    public abstract Task<bool> CheckHealthAsync(CancellationToken cancellationToken = default);

    /// <summary>Whether the sidecar's components and servers are up, be the application ready or not (<c>GET /v1.0/healthz/outbound</c>).</summary>
    public abstract Task<bool> CheckOutboundHealthAsync(CancellationToken cancellationToken = default);

    /// <summary>Waits until <see cref="CheckOutboundHealthAsync"/> says yes, asking every 500 ms. Bound it with the token.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public abstract Task WaitForSidecarAsync(CancellationToken cancellationToken = default);

    /// <summary>Asks the sidecar to stop gracefully.</summary>
    public abstract Task ShutdownSidecarAsync(CancellationToken cancellationToken = default);

    /// <summary>What the sidecar says about itself.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    public abstract Task<DaprMetadata> GetMetadataAsync(CancellationToken cancellationToken = default);

    /// <summary>Sets an attribute that <see cref="GetMetadataAsync"/> shows as extended metadata.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    public abstract Task SetMetadataAsync(string attributeName, string attributeValue, CancellationToken cancellationToken = default);

    /// <summary>Closes the connections to the sidecar.</summary>
    public void Dispose()
    {
        if (disposed)
            return;

        Dispose(disposing: true);
        disposed = true;
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what the derived client holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>How this SDK names itself to the sidecar.</summary>
    protected static ProductInfoHeaderValue UserAgent() => SidecarConnection.UserAgent(typeof(DaprClient).Assembly);
}
