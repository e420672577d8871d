using Deployment.Tests.Files;
using Deployment.Tests.Rendering;
using YamlDotNet.RepresentationModel;

namespace Deployment.Tests.Policies;

/// <summary>Rules about how objects go together: who protects, scales and selects whom.</summary>
internal static class ClusterPolicies
{
    private static readonly string[] s_autoscalers = ["HorizontalPodAutoscaler", "ScaledObject"];

    public static IEnumerable<Finding> EveryAppHasADisruptionBudget(IReadOnlyList<KubeObject> objects) =>
        from workload in objects
        where workload.IsWorkload && workload.AppId is not null
        where !objects.Any(item => item.Kind == "PodDisruptionBudget" && item.Node.At("spec", "selector").Takes(workload.PodLabels))
        select new Finding(workload, "has no PodDisruptionBudget", "without one a drained node may take all its replicas: add one that selects its pods");

    public static IEnumerable<Finding> EveryPodHasANetworkPolicyOfItsOwn(IReadOnlyList<KubeObject> objects) =>
        from workload in objects
        where workload.IsWorkload && workload.Annotation("app-id") is not null
        where !objects.Any(item => item.Kind == "NetworkPolicy" && item.Node.Entries("spec", "podSelector").Any() && item.Node.Texts("spec", "policyTypes").Contains("Ingress")
            && item.Node.At("spec", "podSelector").Takes(workload.PodLabels) && !TakesAll(item, objects))
        select new Finding(workload, "has no NetworkPolicy of its own for what comes in", "add one that selects its pods");

    public static IEnumerable<Finding> NothingIsScaledTwice(IReadOnlyList<KubeObject> objects) =>
        from scaler in objects
        where s_autoscalers.Contains(scaler.Kind)
        group scaler by TargetOf(scaler) into same
        where same.Count() > 1
        select new Finding(same.First(), $"{same.Key.Kind} '{same.Key.Name}' is scaled by {string.Join(" and ", same.Select(item => $"{item.Kind} '{item.Name}'"))}", "they would fight over its replicas: keep one");

    public static IEnumerable<Finding> WhatIsScaledIsThere(IReadOnlyList<KubeObject> objects) =>
        from scaler in objects
        where s_autoscalers.Contains(scaler.Kind)
        let target = TargetOf(scaler)
        where !objects.Any(item => item.Kind == target.Kind && item.Name == target.Name)
        select new Finding(scaler, $"scales {target.Kind} '{target.Name}', which is not there", "name a workload that is there in scaleTargetRef");

    public static IEnumerable<Finding> WhatIsScaledNamesNoReplicas(IReadOnlyList<KubeObject> objects) =>
        from scaler in objects
        where s_autoscalers.Contains(scaler.Kind)
        let target = TargetOf(scaler)
        from workload in objects
        where workload.Kind == target.Kind && workload.Name == target.Name && workload.Node.At("spec", "replicas") is not null
        select new Finding(workload, $"says how many replicas, and is scaled by {scaler.Kind} '{scaler.Name}'", "every apply would reset the number: leave replicas out");

    public static IEnumerable<Finding> SelectorsMatchLabels(IReadOnlyList<KubeObject> objects) =>
        from workload in objects
        where workload.IsWorkload && workload.Node.At("spec", "selector") is not null && !workload.Node.At("spec", "selector").Takes(workload.PodLabels)
        select new Finding(workload, "its selector does not take its own pods", "give the template the labels of the selector");

    /// <summary>Services, disruption budgets and network policies select pods that there are.</summary>
    public static IEnumerable<Finding> WhatIsSelectedIsThere(IReadOnlyList<KubeObject> objects)
    {
        // A Gateway's controller makes pods too, and labels them with its name.
        var pods = objects.Where(item => item.IsWorkload).Select(item => item.PodLabels)
            .Concat(objects.Where(item => item.Kind == "Gateway").Select(item => new Dictionary<string, string> { ["gateway.networking.k8s.io/gateway-name"] = item.Name }))
            .ToList();
        foreach (var item in objects)
        {
            var takes = item.Kind switch
            {
                "Service" when item.Node.At("spec", "selector") is { } labels => pods.Any(pod => labels.Entries().All(label => pod.GetValueOrDefault(label.Key) == label.Value.Text())),
                "PodDisruptionBudget" => pods.Any(item.Node.At("spec", "selector").Takes),
                "NetworkPolicy" => pods.Any(item.Node.At("spec", "podSelector").Takes),
                _ => true,
            };
            if (!takes)
                yield return new Finding(item, "selects no pod of this rendering", "its labels and those of the pods have to agree");
        }
    }

    /// <summary>A ServiceAccount, a volume's ConfigMap or claim, a trigger's authentication: what is referred to by name is rendered too. Secrets may come from elsewhere.</summary>
    public static IEnumerable<Finding> WhatIsReferredToIsThere(IReadOnlyList<KubeObject> objects)
    {
        foreach (var (item, kind, name) in objects.SelectMany(References))
        {
            if (!objects.Any(other => other.Kind == kind && other.Name == name))
                yield return new Finding(item, $"refers to {kind} '{name}', which is not there", "render it too, or refer to one that is there");
        }
    }

    private static IEnumerable<(KubeObject Item, string Kind, string Name)> References(KubeObject item)
    {
        if (item.PodSpec.Text("serviceAccountName") is { } account)
            yield return (item, "ServiceAccount", account);
        foreach (var volume in item.PodSpec.Items("volumes"))
        {
            if (volume.Text("configMap", "name") is { } map)
                yield return (item, "ConfigMap", map);
            if (volume.Text("persistentVolumeClaim", "claimName") is { } claim)
                yield return (item, "PersistentVolumeClaim", claim);
        }

        foreach (var authentication in item.Node.Items("spec", "triggers").Select(trigger => trigger.At("authenticationRef")).OfType<YamlMappingNode>())
            yield return (item, authentication.Text("kind") ?? "TriggerAuthentication", authentication.Text("name")!);
        if (item.Kind == "RoleBinding" && item.Node.Text("roleRef", "kind") == "Role")
            yield return (item, "Role", item.Node.Text("roleRef", "name")!);
        foreach (var template in item.Node.At("spec", "strategy", "canary").Items("steps").Select(step => step.At("analysis")).Append(item.Node.At("spec", "strategy", "canary", "analysis"))
            .SelectMany(analysis => analysis.Items("templates")))
            yield return (item, "AnalysisTemplate", template.Text("templateName")!);
        if (item.Node.At("spec", "workloadRef") is { } workload)
            yield return (item, workload.Text("kind")!, workload.Text("name")!);
    }

    private static (string Kind, string Name) TargetOf(KubeObject scaler) =>
        (scaler.Node.Text("spec", "scaleTargetRef", "kind") ?? "Deployment", scaler.Node.Text("spec", "scaleTargetRef", "name")!);

    /// <summary>A policy for all apps is none of their own.</summary>
    private static bool TakesAll(KubeObject policy, IReadOnlyList<KubeObject> objects) =>
        objects.Count(item => item.IsWorkload && item.AppId is not null) is var apps and > 1
        && objects.Count(item => item.IsWorkload && item.AppId is not null && policy.Node.At("spec", "podSelector").Takes(item.PodLabels)) == apps;
}
