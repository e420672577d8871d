using Deployment.Tests.Files;
using YamlDotNet.RepresentationModel;

namespace Deployment.Tests.Drift;

/// <summary>Resources of Dapr and of Kubernetes in the YAML files of a folder.</summary>
internal static class Resource
{
    /// <summary>Resources of one kind, with their file.</summary>
    public static IEnumerable<(string File, YamlMappingNode Node)> All(Checkout checkout, string folder, string kind) =>
        from file in checkout.Files(folder, ".yaml")
        from document in checkout.Documents(file)
        where document.Text("kind") == kind && (kind != "Component" || document.Text("apiVersion")?.StartsWith("dapr.io/", StringComparison.Ordinal) == true)
        select (file, document);
}
