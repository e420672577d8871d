namespace Sidecar.Runtime.Resources;

/// <summary>A <c>dapr.io/v1alpha1</c> HTTPEndpoint: an address outside Dapr that can be invoked by name.</summary>
/// <param name="Name"><c>metadata.name</c>, used in place of an app id.</param>
/// <param name="BaseUrl"><c>spec.baseUrl</c>.</param>
/// <param name="Headers">Headers added to each call, secrets resolved.</param>
/// <param name="Scopes">App ids that may use it; empty means all.</param>
/// <param name="Location">Where it was declared.</param>
public sealed record HttpEndpoint(
    string Name, Uri BaseUrl, IReadOnlyDictionary<string, string> Headers, IReadOnlyList<string> Scopes, SourceLocation Location);
