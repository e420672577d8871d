namespace Sidecar.Runtime.Resources;

/// <summary>One entry of <c>api.allowed</c> or <c>api.denied</c>.</summary>
/// <param name="Name">Name of an API, such as <c>state</c>.</param>
/// <param name="Version">Its version: <c>v1.0</c> over HTTP, <c>v1</c> over gRPC.</param>
/// <param name="Protocol"><c>http</c> or <c>grpc</c>.</param>
public sealed record ApiRule(string Name, string Version, string Protocol);

/// <summary>Which of its APIs the sidecar serves: what is denied never, and where there is an allowed one for the protocol only those. Healthz always.</summary>
/// <param name="Allowed"><c>api.allowed</c>.</param>
/// <param name="Denied"><c>api.denied</c>.</param>
public sealed record ApiRules(IReadOnlyList<ApiRule> Allowed, IReadOnlyList<ApiRule> Denied)
{
    /// <summary>Every API is served.</summary>
    public static ApiRules None { get; } = new([], []);
}

/// <summary><c>accessControl</c>: who may call what of this app.</summary>
/// <param name="DefaultAllow">For callers without a policy.</param>
/// <param name="TrustDomain">Of this app itself.</param>
/// <param name="Policies">By caller.</param>
public sealed record AccessControlRules(bool DefaultAllow, string TrustDomain, IReadOnlyList<CallerPolicy> Policies)
{
    /// <summary>Trust domain of whoever names none.</summary>
    public const string DefaultTrustDomain = "public";
}

/// <summary>What one caller may do.</summary>
/// <param name="AppId">The caller.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="TrustDomain">Its trust domain.</param>
/// <param name="DefaultAllow">For operations that none of the entries is about; null for the default of all callers.</param>
/// <param name="Operations">The first one that fits a path decides.</param>
public sealed record CallerPolicy(string AppId, string Namespace, string TrustDomain, bool? DefaultAllow, IReadOnlyList<OperationRule> Operations);

/// <summary>One path, or several with <c>*</c> for a segment and <c>**</c> for all that follow.</summary>
/// <param name="Path">The path; without regard to case for apps that speak HTTP.</param>
/// <param name="Verbs">Verbs it is about, or <c>*</c>; no matter for apps that speak gRPC.</param>
/// <param name="Allow">What is decided.</param>
public sealed record OperationRule(string Path, IReadOnlyList<string> Verbs, bool Allow);
