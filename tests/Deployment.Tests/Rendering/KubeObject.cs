using Deployment.Tests.Files;
using YamlDotNet.RepresentationModel;

namespace Deployment.Tests.Rendering;

/// <summary>An object as a cluster would get it.</summary>
/// <param name="Rendering">What it was rendered from, such as <c>overlays/local</c>.</param>
internal sealed record KubeObject(string Rendering, YamlMappingNode Node)
{
    private static readonly string[] s_workloads = ["Deployment", "StatefulSet", "DaemonSet", "Rollout", "Job", "CronJob"];

    public string ApiVersion => Node.Text("apiVersion") ?? "";

    public string Kind => Node.Text("kind") ?? "";

    public string Name => Node.Text("metadata", "name") ?? "";

    public string Namespace => Node.Text("metadata", "namespace") ?? "";

    /// <summary>A resource of Dapr's, not one of Kubernetes' own kinds of the same name.</summary>
    public bool IsDapr => ApiVersion.StartsWith("dapr.io/", StringComparison.Ordinal);

    /// <summary>Something that makes pods.</summary>
    public bool IsWorkload => s_workloads.Contains(Kind) && Template is not null;

    /// <summary>The pod template; null where there is none.</summary>
    public YamlNode? Template => Kind == "CronJob" ? Node.At("spec", "jobTemplate", "spec", "template") : Node.At("spec", "template");

    public YamlNode? PodSpec => Template.At("spec");

    public IReadOnlyDictionary<string, string> PodLabels => Template.Entries("metadata", "labels").ToDictionary(label => label.Key, label => label.Value.Text() ?? "");

    /// <summary>The app id that the pod's sidecar gets; null for a pod without one.</summary>
    public string? AppId => Annotation("enabled") == "true" ? Annotation("app-id") ?? Name : null;

    /// <summary>Containers that run as long as the pod, and those that run before.</summary>
    public IEnumerable<YamlNode> Containers => PodSpec.Items("initContainers").Concat(PodSpec.Items("containers"));

    public string? Annotation(string name) => Template.Text("metadata", "annotations", "dapr.io/" + name);

    public override string ToString() => $"{Rendering}: {Kind}/{Name}";
}
