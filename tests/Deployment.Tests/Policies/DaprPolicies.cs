using System.Text.RegularExpressions;
using Deployment.Tests.Files;
using Deployment.Tests.Rendering;

namespace Deployment.Tests.Policies;

/// <summary>Rules about what Dapr reads: apps, components and secrets.</summary>
internal static partial class DaprPolicies
{
    private static readonly string[] s_scoped = ["Component", "HTTPEndpoint"];

    /// <param name="apps">App ids of dapr.yaml.</param>
    public static IEnumerable<Finding> EveryAppIdIsKnown(IReadOnlyList<KubeObject> objects, IReadOnlyCollection<string> apps) =>
        from workload in objects
        let id = workload.Annotation("app-id")
        where id is not null && !apps.Contains(id)
        select new Finding(workload, $"app id '{id}' is not in dapr.yaml", $"there are {string.Join(", ", apps)}");

    public static IEnumerable<Finding> EverySidecarHasAConfiguration(IReadOnlyList<KubeObject> objects) =>
        from workload in objects
        where workload.AppId is not null
        let name = workload.Annotation("config")
        where name is null || !objects.Any(item => item.IsDapr && item.Kind == "Configuration" && item.Name == name)
        select new Finding(workload, $"its sidecar reads the Configuration '{name}', which is not there", "a sidecar without its Configuration lets everybody in: name one that is there in dapr.io/config");

    public static IEnumerable<Finding> EverySidecarAsksForTokens(IReadOnlyList<KubeObject> objects) =>
        from workload in objects
        where workload.AppId is not null
        from name in new[] { "api-token-secret", "app-token-secret" }
        where workload.Annotation(name) is null
        select new Finding(workload, $"has no dapr.io/{name}", "name the secret that holds the token");

    public static IEnumerable<Finding> EveryComponentIsScoped(IReadOnlyList<KubeObject> objects) =>
        from item in objects
        where item.IsDapr && s_scoped.Contains(item.Kind) && !item.Node.Items("scopes").Any()
        select new Finding(item, "is open to every app", "list under scopes the apps that use it");

    /// <param name="apps">App ids of dapr.yaml.</param>
    public static IEnumerable<Finding> EveryScopeIsAnApp(IReadOnlyList<KubeObject> objects, IReadOnlyCollection<string> apps) =>
        from item in objects
        where item.IsDapr
        from scope in item.Node.Texts("scopes")
        where !apps.Contains(scope)
        select new Finding(item, $"'{scope}' is in its scopes and is no app of dapr.yaml", $"there are {string.Join(", ", apps)}");

    /// <param name="names">Component names that the services' code uses.</param>
    public static IEnumerable<Finding> EveryComponentThatTheCodeNamesIsThere(IReadOnlyList<KubeObject> objects, IReadOnlyCollection<string> names) =>
        from name in names
        where !objects.Any(item => item.IsDapr && item.Kind == "Component" && item.Name == name)
        select new Finding(objects[0], $"there is no Component '{name}', which the services name", "choose one of k8s/components");

    public static IEnumerable<Finding> SecretsOfComponentsAreReferences(IReadOnlyList<KubeObject> objects) =>
        from item in objects
        where item.IsDapr && item.Kind is "Component" or "HTTPEndpoint"
        from entry in item.Node.Items("spec", "metadata").Concat(item.Node.Items("spec", "headers"))
        let value = entry.Text("value")
        where !string.IsNullOrEmpty(value) && (SecretName().IsMatch(entry.Text("name")!) || SecretValue().IsMatch(value))
        select new Finding(item, $"'{entry.Text("name")}' has its secret in plain sight", "write secretKeyRef with the secret's name and key instead of value");

    public static IEnumerable<Finding> SecretsOfPodsAreReferences(IReadOnlyList<KubeObject> objects) =>
        from workload in objects
        where workload.IsWorkload
        from container in workload.Containers
        from variable in container.Items("env")
        let value = variable.Text("value")
        where !string.IsNullOrEmpty(value) && (SecretName().IsMatch(variable.Text("name")!) || SecretValue().IsMatch(value))
        select new Finding(workload, $"the variable '{variable.Text("name")}' has its secret in plain sight", "write valueFrom.secretKeyRef instead of value");

    public static IEnumerable<Finding> SecretsOfTriggersAreReferences(IReadOnlyList<KubeObject> objects) =>
        from scaled in objects
        where scaled.Kind == "ScaledObject"
        from trigger in scaled.Node.Items("spec", "triggers")
        from entry in trigger.Entries("metadata")
        where SecretName().IsMatch(entry.Key) || SecretValue().IsMatch(entry.Value.Text() ?? "")
        select new Finding(scaled, $"the trigger's '{entry.Key}' has its secret in plain sight", "move it to a TriggerAuthentication");

    /// <param name="developers">Renderings for a developer's machine, whose passwords open nothing else.</param>
    public static IEnumerable<Finding> SecretsAreNotRendered(IReadOnlyList<KubeObject> objects, IReadOnlyCollection<string> developers) =>
        from item in objects
        where item.Kind == "Secret" && !developers.Contains(item.Rendering) && (item.Node.Entries("data").Any() || item.Node.Entries("stringData").Any())
        select new Finding(item, "is in the repository with what it holds", "make it in the cluster, or let it come from a vault");

    public static IEnumerable<Finding> SecretsAreNotInConfigMaps(IReadOnlyList<KubeObject> objects) =>
        from item in objects
        where item.Kind == "ConfigMap"
        from entry in item.Node.Entries("data")
        where SecretName().IsMatch(entry.Key) || SecretValue().IsMatch(entry.Value.Text() ?? "")
        select new Finding(item, $"'{entry.Key}' is a secret in plain sight", "a ConfigMap is for everybody to read: put it into a Secret");

    [GeneratedRegex("(password|passwd|pwd|_pass$|token|apikey|secret$|(master|access|account|private|client|shared|seed|signing)_?key$)", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    /// <summary>Credentials inside an address or a connection string.</summary>
    [GeneratedRegex(@"://[^/\s:@]+:[^/\s@$]+@|(password|pwd|accountkey|sharedaccesskey)\s*=\s*[^;\s$]+|-----BEGIN [A-Z ]*PRIVATE KEY", RegexOptions.IgnoreCase)]
    private static partial Regex SecretValue();
}
