using System.Globalization;
using Deployment.Tests.Files;
using Deployment.Tests.Rendering;

namespace Deployment.Tests.Policies;

/// <summary>Rules about ways: whatever leads to a Service leads to one that is there, and on to a port that a pod opens.</summary>
internal static class RoutePolicies
{
    public static IEnumerable<Finding> ServicesLeadToOpenPorts(IReadOnlyList<KubeObject> objects) =>
        from service in objects
        where service.Kind == "Service" && service.Node.At("spec", "selector") is not null
        let ports = (from workload in objects
                     where workload.IsWorkload && service.Node.Entries("spec", "selector").All(label => workload.PodLabels.GetValueOrDefault(label.Key) == label.Value.Text())
                     from container in workload.Containers
                     from port in container.Items("ports")
                     from said in new[] { port.Text("name"), port.Text("containerPort") }
                     where said is not null
                     select said).ToHashSet()
        from port in service.Node.Items("spec", "ports")
        let target = port.Text("targetPort") ?? port.Text("port")
        where ports.Count > 0 && !ports.Contains(target)
        select new Finding(service, $"leads to port '{target}', which no pod opens", $"there are {string.Join(", ", ports.Order(StringComparer.Ordinal))}");

    public static IEnumerable<Finding> RoutesLeadToServices(IReadOnlyList<KubeObject> objects) =>
        from way in objects.SelectMany(Ways)
        let service = objects.FirstOrDefault(item => item.Kind == "Service" && item.Name == way.Service)
        where service is null || !service.Node.Items("spec", "ports").Any(port => way.Port is null || port.Text("port") == way.Port)
        select new Finding(way.From, $"leads to Service '{way.Service}' port {way.Port ?? "any"}, which is not there", "name a Service of this rendering and one of its ports");

    /// <summary>The Services that an object sends traffic to, by name and, where it is said, port.</summary>
    private static IEnumerable<(KubeObject From, string Service, string? Port)> Ways(KubeObject item) => item.Kind switch
    {
        "HTTPRoute" => from rule in item.Node.Items("spec", "rules")
                       from backend in rule.Items("backendRefs")
                       select (item, backend.Text("name")!, backend.Text("port")),
        "HTTPEndpoint" => Uri.TryCreate(item.Node.Text("spec", "baseUrl"), UriKind.Absolute, out var address) && ServiceOf(address, item.Namespace) is { } service
            ? [(item, service, address.Port.ToString(CultureInfo.InvariantCulture))]
            : [],
        "Rollout" => from name in new[] { "stableService", "canaryService" }
                     let service = item.Node.Text("spec", "strategy", "canary", name)
                     where service is not null
                     select (item, service!, (string?)null),
        _ => [],
    };

    /// <summary>The Service of an address in this namespace; null for an address outside.</summary>
    private static string? ServiceOf(Uri address, string @namespace) => address.Host.Split('.') switch
    {
        [var name] => name,
        [var name, var space, "svc", ..] when space == @namespace => name,
        _ => null,
    };
}
