using Deployment.Tests.Files;
using Deployment.Tests.Rendering;
using YamlDotNet.RepresentationModel;

namespace Deployment.Tests.Policies;

/// <summary>Rules about pods: what they run, as whom, and with how much.</summary>
internal static class PodPolicies
{
    private static readonly string[] s_resources = ["cpu", "memory"];

    public static IEnumerable<Finding> ImagesNameAVersion(IReadOnlyList<KubeObject> objects) =>
        from found in Containers(objects)
        let image = found.Container.Text("image") ?? ""
        let tag = image[(image.LastIndexOf('/') + 1)..].Split(':') is [_, var last] ? last : ""
        where !image.Contains("@sha256:", StringComparison.Ordinal) && tag is "" or "latest"
        select new Finding(found.Workload, $"container '{found.Container.Text("name")}' runs '{image}', which may be another image tomorrow", "name a version as its tag, or a digest");

    public static IEnumerable<Finding> NobodyIsRoot(IReadOnlyList<KubeObject> objects) =>
        from found in Containers(objects)
        let pod = found.Workload.PodSpec.At("securityContext")
        let own = found.Container.At("securityContext")
        where (own.Text("runAsNonRoot") ?? pod.Text("runAsNonRoot")) != "true" || (own.Text("runAsUser") ?? pod.Text("runAsUser")) is null or "0"
        select new Finding(found.Workload, $"container '{found.Container.Text("name")}' may run as root", "set runAsNonRoot: true, and runAsUser to the image's own user");

    public static IEnumerable<Finding> NothingIsWrittenButVolumes(IReadOnlyList<KubeObject> objects) =>
        from found in Containers(objects)
        where found.Container.Text("securityContext", "readOnlyRootFilesystem") != "true"
        select new Finding(found.Workload, $"container '{found.Container.Text("name")}' can write to its image's files", "set readOnlyRootFilesystem: true, and mount a volume where it has to write");

    public static IEnumerable<Finding> NoPrivilegeIsKept(IReadOnlyList<KubeObject> objects) =>
        from found in Containers(objects)
        let security = found.Container.At("securityContext")
        where !security.Texts("capabilities", "drop").Contains("ALL") || security.Text("allowPrivilegeEscalation") != "false" || security.Text("privileged") == "true"
        select new Finding(found.Workload, $"container '{found.Container.Text("name")}' keeps privileges", "set capabilities.drop: [ALL] and allowPrivilegeEscalation: false");

    public static IEnumerable<Finding> SystemCallsAreFiltered(IReadOnlyList<KubeObject> objects) =>
        from found in Containers(objects)
        let profile = found.Container.Text("securityContext", "seccompProfile", "type") ?? found.Workload.PodSpec.Text("securityContext", "seccompProfile", "type")
        where profile is not ("RuntimeDefault" or "Localhost")
        select new Finding(found.Workload, $"container '{found.Container.Text("name")}' has every system call", "set seccompProfile.type: RuntimeDefault");

    public static IEnumerable<Finding> RequestsAndLimitsAreSet(IReadOnlyList<KubeObject> objects) =>
        from found in Containers(objects)
        let missing = (from kind in new[] { "requests", "limits" }
                       from resource in s_resources
                       where found.Container.Text("resources", kind, resource) is null
                       select $"{kind}.{resource}").ToList()
        where missing.Count > 0
        select new Finding(found.Workload, $"container '{found.Container.Text("name")}' has no {string.Join(", ", missing)}", "say under resources what it needs and what it may take");

    public static IEnumerable<Finding> SidecarsHaveRequestsAndLimitsToo(IReadOnlyList<KubeObject> objects) =>
        from workload in objects
        where workload.IsWorkload && workload.AppId is not null
        from name in new[] { "sidecar-cpu-request", "sidecar-cpu-limit", "sidecar-memory-request", "sidecar-memory-limit" }
        where workload.Annotation(name) is null
        select new Finding(workload, $"its sidecar has no dapr.io/{name}", "say in the annotation what the sidecar needs and may take");

    /// <param name="paths">Paths that every service answers without a token.</param>
    public static IEnumerable<Finding> AppsAreProbedWhereTheyAnswer(IReadOnlyList<KubeObject> objects, IReadOnlyCollection<string> paths)
    {
        foreach (var workload in objects.Where(item => item.IsWorkload && item.Annotation("app-id") is not null))
        {
            var container = workload.PodSpec.Items("containers").First();
            foreach (var probe in new[] { "readinessProbe", "livenessProbe" })
            {
                if (container.At(probe, "httpGet") is not { } get)
                    yield return new Finding(workload, $"has no {probe} by HTTP", $"ask {paths.First()}, which every service answers");
                else if (!paths.Contains(get.Text("path") ?? "/"))
                    yield return new Finding(workload, $"its {probe} asks {get.Text("path") ?? "/"}, which the service does not map", $"ask {string.Join(" or ", paths)}");
            }

            if (workload.AppId is not null && workload.Annotation("enable-app-health-check") == "true" && !paths.Contains(workload.Annotation("app-health-check-path") ?? "/healthz"))
                yield return new Finding(workload, $"its sidecar asks {workload.Annotation("app-health-check-path")}, which the service does not map", $"ask {string.Join(" or ", paths)}");
        }
    }

    public static IEnumerable<Finding> ServersAreProbedToo(IReadOnlyList<KubeObject> objects) =>
        from workload in objects
        where workload.IsWorkload && workload.Kind is not ("Job" or "CronJob") && workload.Annotation("app-id") is null
        from container in workload.PodSpec.Items("containers")
        where container.At("readinessProbe") is null
        select new Finding(workload, $"container '{container.Text("name")}' has no readinessProbe", "without one it gets traffic before it can take it");

    private static IEnumerable<(KubeObject Workload, YamlNode Container)> Containers(IReadOnlyList<KubeObject> objects) =>
        from workload in objects
        where workload.IsWorkload
        from container in workload.Containers
        select (workload, container);
}
