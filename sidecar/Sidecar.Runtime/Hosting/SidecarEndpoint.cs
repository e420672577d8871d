namespace Sidecar.Runtime.Hosting;

/// <summary>Which API a port serves.</summary>
internal enum EndpointKind
{
    /// <summary>HTTP API.</summary>
    Http,

    /// <summary>gRPC API.</summary>
    Grpc,

    /// <summary>Prometheus text.</summary>
    Metrics,
}

/// <summary>A port of one sidecar; set as a feature on every connection it accepts, so that a request knows whose it is without a look-up.</summary>
internal sealed record SidecarEndpoint(SidecarInstance Instance, EndpointKind Kind);
