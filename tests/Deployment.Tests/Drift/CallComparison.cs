using System.Text.RegularExpressions;
using Deployment.Tests.Files;
using YamlDotNet.RepresentationModel;

namespace Deployment.Tests.Drift;

/// <summary>Who calls whom: the code says it, and access control, network policies and the scopes of HTTPEndpoints let through exactly that.</summary>
internal static partial class CallComparison
{
    /// <summary>A call by service invocation, or of another app's activity, where the code makes it.</summary>
    private sealed record Call(string Caller, string Callee, bool IsActivity, Place At);

    public static IReadOnlyList<Difference> Find(Checkout checkout)
    {
        var run = RunFiles.Dapr(checkout);
        var calls = (from app in run.Apps
                     from found in Catalogue.Find(checkout, app.Folder!, Invoked())
                     select new Call(app.Id, found.Match.Groups["app"].Value, found.Match.Value.StartsWith("TargetAppId", StringComparison.Ordinal), found.At)).ToList();
        var invocations = calls.Where(call => !call.IsActivity).ToList();
        return
        [
            .. calls.Where(call => run.Apps.All(app => app.Id != call.Callee)).Select(call => new Difference($"'{call.Caller}' calls '{call.Callee}', which is no app", call.At, run.Whole)),
            .. AccessControl(checkout, invocations),
            .. WorkflowAccess(checkout, [.. calls.Where(call => call.IsActivity)]),
            .. Endpoints(checkout, invocations),
            .. NetworkPolicies(checkout, calls),
        ];
    }

    /// <summary>A Configuration has the name of the app whose sidecar reads it.</summary>
    private static IEnumerable<Difference> AccessControl(Checkout checkout, List<Call> calls) =>
        from found in Resource.All(checkout, "k8s/base", "Configuration")
        where found.Node.At("spec", "accessControl") is not null
        from difference in Compare(
            calls, found.Node.Text("metadata", "name")!, found.Node.At("spec", "accessControl")!.In(found.File),
            [.. found.Node.Items("spec", "accessControl", "policies").Where(LetsThrough).Select(policy => (policy.Text("appId")!, policy.In(found.File)))], "access control")
        select difference;

    /// <summary>A policy may also be there to say no.</summary>
    private static bool LetsThrough(YamlNode policy) => policy.Text("defaultAction") == "allow" || policy.Items("operations").Any(operation => operation.Text("action") == "allow");

    /// <summary>A WorkflowAccessPolicy is for the apps in its scopes.</summary>
    private static IEnumerable<Difference> WorkflowAccess(Checkout checkout, List<Call> calls) =>
        from found in Resource.All(checkout, "k8s", "WorkflowAccessPolicy")
        from app in found.Node.Texts("scopes")
        from difference in Compare(
            calls, app, found.Node.At("spec", "rules")!.In(found.File),
            [.. found.Node.Items("spec", "rules").SelectMany(rule => rule.Items("callers")).Select(caller => (caller.Text("appID")!, caller.In(found.File)))], "its WorkflowAccessPolicy")
        select difference;

    private static IEnumerable<Difference> Endpoints(Checkout checkout, List<Call> calls) =>
        from folder in new[] { "components", "k8s" }
        from found in Resource.All(checkout, folder, "HTTPEndpoint")
        where found.Node.At("scopes") is not null
        from difference in Compare(
            calls, found.Node.Text("metadata", "name")!, found.Node.At("scopes")!.In(found.File), [.. found.Node.Items("scopes").Select(scope => (scope.Text()!, scope.In(found.File)))], "its HTTPEndpoint")
        select difference;

    private static IEnumerable<Difference> Compare(List<Call> calls, string callee, Place whole, IReadOnlyList<(string Caller, Place At)> open, string gate)
    {
        var needed = calls.Where(call => call.Callee == callee).DistinctBy(call => call.Caller).ToList();
        foreach (var call in needed.Where(call => open.All(one => one.Caller != call.Caller)))
        {
            yield return new Difference($"'{call.Caller}' calls '{callee}', and {gate} does not let it through", call.At, whole);
        }

        foreach (var (caller, at) in open.Where(one => needed.All(call => call.Caller != one.Caller)))
        {
            yield return new Difference($"{gate} lets '{caller}' through to '{callee}', which it does not call", at, needed.FirstOrDefault()?.At ?? new Place("services", 0));
        }
    }

    /// <summary>Both ends of a call are open: the caller's way out, and the callee's way in. Partners may be outside the cluster.</summary>
    private static IEnumerable<Difference> NetworkPolicies(Checkout checkout, List<Call> calls)
    {
        var policies = Resource.All(checkout, "k8s/base", "NetworkPolicy").Where(found => found.Node.Text("spec", "podSelector", "matchLabels", "app.kubernetes.io/name") is not null)
            .ToLookup(found => found.Node.Text("spec", "podSelector", "matchLabels", "app.kubernetes.io/name")!);
        foreach (var call in calls.Where(call => policies.Contains(call.Callee) && policies.Contains(call.Caller)).DistinctBy(call => (call.Caller, call.Callee)))
        {
            if (!policies[call.Callee].Any(found => Peers(found.Node, "ingress", "from").Contains(call.Caller)))
            {
                yield return new Difference($"'{call.Caller}' calls '{call.Callee}', whose network policy does not let it in", call.At, policies[call.Callee].First().Node.At("spec")!.In(policies[call.Callee].First().File));
            }

            if (!policies[call.Caller].Any(found => Peers(found.Node, "egress", "to").Contains(call.Callee)))
            {
                yield return new Difference($"'{call.Caller}' calls '{call.Callee}', and its own network policy does not let it out", call.At, policies[call.Caller].First().Node.At("spec")!.In(policies[call.Caller].First().File));
            }
        }
    }

    private static IEnumerable<string> Peers(YamlNode policy, string direction, string peers) =>
        from rule in policy.Items("spec", direction)
        from peer in rule.Items(peers)
        let selector = peer.At("podSelector")
        from name in selector.Items("matchExpressions").SelectMany(expression => expression.Texts("values")).Append(selector.Text("matchLabels", "app.kubernetes.io/name") ?? "")
        select name;

    [GeneratedRegex("(?:Invocation\\.For\\(\\w+, |TargetAppId = )\"(?<app>[^\"]+)\"")]
    private static partial Regex Invoked();
}
