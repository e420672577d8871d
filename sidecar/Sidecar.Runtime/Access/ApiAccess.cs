using System.Collections.Frozen;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.Access;

/// <summary>
/// Which APIs a sidecar serves (<c>api.allowed</c> and <c>api.denied</c> of its Configuration). Over HTTP an API that is not served is as unknown as any other path; over gRPC it is not
/// implemented.
/// </summary>
public sealed class ApiAccess
{
    private const string DaprService = "/dapr.proto.runtime.";
    private const string Invocation = "/v1.0/invoke/{id}/method/{method}";

    private readonly string[] _allowedRoutes;
    private readonly string[] _deniedRoutes;
    private readonly FrozenSet<string> _allowedMethods;
    private readonly FrozenSet<string> _deniedMethods;

    /// <summary>Makes the answer from the rules.</summary>
    public ApiAccess(ApiRules rules)
    {
        (_allowedRoutes, _deniedRoutes) = (RoutesOf(rules.Allowed), RoutesOf(rules.Denied));
        (_allowedMethods, _deniedMethods) = (MethodsOf(rules.Allowed), MethodsOf(rules.Denied));
        AllowsInvocation = AllowsRoute(Invocation);
    }

    /// <summary>Service invocation over HTTP, by path and by header.</summary>
    public bool AllowsInvocation { get; }

    /// <summary>Whether the HTTP route, such as <c>/v1.0/state/{store}</c>, is served.</summary>
    public bool AllowsRoute(string route) =>
        (_allowedRoutes.Length == 0 && _deniedRoutes.Length == 0)
        || route.StartsWith("/v1.0/healthz", StringComparison.Ordinal)
        || (!IsAmong(route, _deniedRoutes) && (_allowedRoutes.Length == 0 || IsAmong(route, _allowedRoutes)));

    /// <summary>Whether the gRPC method, such as <c>/dapr.proto.runtime.v1.Dapr/GetState</c>, is served. Rules are about the Dapr service alone.</summary>
    public bool AllowsMethod(string path)
    {
        if ((_allowedMethods.Count == 0 && _deniedMethods.Count == 0) || !path.StartsWith(DaprService, StringComparison.Ordinal))
            return true;
        var method = path[(path.LastIndexOf('/') + 1)..];
        return !_deniedMethods.Contains(method) && (_allowedMethods.Count == 0 || _allowedMethods.Contains(method));
    }

    private static bool IsAmong(string route, string[] beginnings) => beginnings.Any(beginning => route.StartsWith(beginning, StringComparison.Ordinal));

    // As in dapr a rule is the beginning of a route, so "state" of v1.0 is all of /v1.0/state.
    private static string[] RoutesOf(IReadOnlyList<ApiRule> rules) => [.. rules.Where(rule => rule.Protocol == "http").Select(rule => $"/{rule.Version}/{rule.Name}")];

    private static FrozenSet<string> MethodsOf(IReadOnlyList<ApiRule> rules) =>
        rules.Where(rule => rule.Protocol == "grpc").SelectMany(rule => GrpcApis.MethodsOf(rule.Name, rule.Version)).ToFrozenSet(StringComparer.Ordinal);
}
