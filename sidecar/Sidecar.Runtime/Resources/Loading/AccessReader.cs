namespace Sidecar.Runtime.Resources.Loading;

/// <summary>Reads <c>api</c> and <c>accessControl</c> of a Configuration.</summary>
internal static class AccessReader
{
    public static ApiRules Api(YamlMap api) => new([.. api.List("allowed").Select(rule => Rule(rule.AsMap()))], [.. api.List("denied").Select(rule => Rule(rule.AsMap()))]);

    /// <summary>Null when nothing is said, which allows everything.</summary>
    public static AccessControlRules? Control(YamlMap control)
    {
        var policies = control.List("policies").Select(policy => Policy(policy.AsMap())).ToList();
        var trustDomain = control.Text("trustDomain") ?? "";
        var action = Action(control, "defaultAction");
        if (policies.Count == 0 && trustDomain.Length == 0 && action is null)
            return null;
        // With policies but without a default the safe one is meant.
        return new AccessControlRules(action ?? policies.Count == 0, trustDomain.Length > 0 ? trustDomain : AccessControlRules.DefaultTrustDomain, policies);
    }

    private static ApiRule Rule(YamlMap rule)
    {
        var protocol = rule.RequiredText("protocol", "http or grpc").ToLowerInvariant();
        return protocol is "http" or "grpc"
            ? new ApiRule(rule.RequiredText("name", "an API, such as state"), rule.RequiredText("version", "the API's version, such as v1.0 over HTTP and v1 over gRPC"), protocol)
            : throw rule.Find("protocol")!.Error($"'{protocol}' must be http or grpc");
    }

    private static CallerPolicy Policy(YamlMap policy) => new(
        policy.RequiredText("appId", "the caller that the policy is about"),
        policy.RequiredText("namespace", "the caller's namespace; without Kubernetes it is default"),
        policy.RequiredText("trustDomain", "the caller's trust domain; who names none is in public"),
        Action(policy, "defaultAction"),
        [.. policy.List("operations").Select(operation => Operation(operation.AsMap()))]);

    private static OperationRule Operation(YamlMap operation) => new(
        "/" + operation.RequiredText("name", "a path of the app").TrimStart('/'), operation.Texts("httpVerb"), Action(operation, "action") ?? false);

    private static bool? Action(YamlMap map, string key) => (map.Text(key) ?? "").ToLowerInvariant() switch
    {
        "" => null,
        "allow" => true,
        "deny" => false,
        _ => throw map.Find(key)!.Error("must be allow or deny"),
    };
}
