namespace Sidecar.Runtime.Resources;

/// <summary>A <c>dapr.io/v1alpha1</c> HTTPEndpoint: an address outside Dapr that can be invoked by name.</summary>
/// <param name="Name"><c>metadata.name</c>, used in place of an app id.</param>
/// <param name="BaseUrl"><c>spec.baseUrl</c>.</param>
/// <param name="Headers">Headers added to each call, secrets resolved.</param>
/// <param name="Scopes">App ids that may use it; empty means all.</param>
/// <param name="Location">Where it was declared.</param>
public sealed record HttpEndpoint(
    string Name, Uri BaseUrl, IReadOnlyDictionary<string, string> Headers, IReadOnlyList<string> Scopes, SourceLocation Location)
{
    /// <summary>Client certificate and authority of the calls, or null for the system's.</summary>
    public HttpEndpointTls? ClientTls { get; init; }
}

/// <summary><c>spec.clientTLS</c> with its secrets resolved; empty texts where nothing was given.</summary>
/// <param name="RootCa">PEM of the authority to trust.</param>
/// <param name="Certificate">PEM of the client certificate.</param>
/// <param name="PrivateKey">PEM of its key.</param>
/// <param name="Renegotiation"><c>RenegotiateNever</c>, <c>RenegotiateOnceAsClient</c>, <c>RenegotiateFreelyAsClient</c>, or empty.</param>
public sealed record HttpEndpointTls(string RootCa, string Certificate, string PrivateKey, string Renegotiation);
