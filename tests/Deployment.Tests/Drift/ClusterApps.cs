using Deployment.Tests.Files;
using YamlDotNet.RepresentationModel;

namespace Deployment.Tests.Drift;

/// <summary>The apps of k8s/, and the ports that its files give each of them.</summary>
internal static class ClusterApps
{
    /// <summary>Where apps are declared; overlays only change them.</summary>
    private static readonly string[] s_folders = ["k8s/base", "k8s/components/simulators"];

    public static AppList Apps(Checkout checkout) => new("k8s", new Place(s_folders[0], 0),
    [
        .. from app in Workloads(checkout)
           let id = app.Node.At("spec", "template", "metadata", "annotations", "dapr.io/app-id")
           where id is not null
           select new AppEntry(id.Text()!, id.In(app.File), null)
           {
               Environment = Containers(checkout, app).SelectMany(container => container.Node.Items("env").Select(entry => (container.File, entry)))
                   .Where(variable => variable.entry.Text("value") is not null)
                   .ToDictionary(variable => variable.entry.Text("name")!, variable => (variable.entry.Text("value")!, variable.entry.In(variable.File))),
           },
    ]);

    /// <summary>The port that an app's sidecar calls, held against the ports of the container, its probes, its environment and the Services that lead to it.</summary>
    public static IEnumerable<Difference> Ports(Checkout checkout) =>
        from app in Workloads(checkout)
        let called = app.Node.At("spec", "template", "metadata", "annotations", "dapr.io/app-port")
        where called is not null
        let containers = Containers(checkout, app)
        let named = Named(containers)
        from said in Opened(containers).Concat(Probes(containers)).Concat(Variables(containers)).Concat(Services(checkout, app))
        where (named.GetValueOrDefault(said.Port.Text()!) ?? said.Port.Text()) != called.Text()
        select new Difference($"the sidecar calls port {called.Text()}, {said.What} port {said.Port.Text()}", called.In(app.File), said.Port.In(said.File));

    private static IEnumerable<(string What, string File, YamlNode Port)> Opened(List<(string File, YamlNode Node)> containers) =>
        from container in containers
        from port in container.Node.Items("ports")
        select ("the container opens", container.File, port.At("containerPort")!);

    private static IEnumerable<(string What, string File, YamlNode Port)> Probes(List<(string File, YamlNode Node)> containers) =>
        from container in containers
        from probe in new[] { "startupProbe", "livenessProbe", "readinessProbe" }
        let port = container.Node.At(probe, "httpGet", "port")
        where port is not null
        select ($"the {probe} asks", container.File, port!);

    private static IEnumerable<(string What, string File, YamlNode Port)> Variables(List<(string File, YamlNode Node)> containers) =>
        from container in containers
        from entry in container.Node.Items("env")
        where entry.Text("name") is "APP_PORT" or "ASPNETCORE_HTTP_PORTS" or "PORT" && entry.Text("value") is not null
        select ($"{entry.Text("name")} says", container.File, entry.At("value")!);

    /// <summary>Services beside a workload that select its pods.</summary>
    private static IEnumerable<(string What, string File, YamlNode Port)> Services(Checkout checkout, (string File, YamlNode Node) app)
    {
        var labels = app.Node.Entries("spec", "template", "metadata", "labels").ToDictionary(label => label.Key, label => label.Value.Text());
        return from file in checkout.Files(FolderOf(app.File), ".yaml")
               from service in checkout.Documents(file)
               where service.Text("kind") == "Service" && service.Entries("spec", "selector").All(label => labels.GetValueOrDefault(label.Key) == label.Value.Text())
               from port in service.Items("spec", "ports")
               select ($"Service '{service.Text("metadata", "name")}' leads to", file, port.At("targetPort") ?? port.At("port")!);
    }

    private static Dictionary<string, string> Named(List<(string File, YamlNode Node)> containers) =>
        containers.SelectMany(container => container.Node.Items("ports")).Where(port => port.Text("name") is not null)
            .ToDictionary(port => port.Text("name")!, port => port.Text("containerPort")!);

    /// <summary>The app's container as its own file and the kustomize Components of its folder make it.</summary>
    private static List<(string File, YamlNode Node)> Containers(Checkout checkout, (string File, YamlNode Node) app)
    {
        var kustomization = FolderOf(app.File) + "/kustomization.yaml";
        var parts = checkout.Has(kustomization)
            ? checkout.Documents(kustomization).SelectMany(document => document.Texts("components")).SelectMany(component =>
                Declared(checkout, Path.GetRelativePath(Checkout.Root, Path.GetFullPath(Path.Combine(Checkout.Root, FolderOf(app.File), component))).Replace('\\', '/')))
            : [];
        return [.. parts.Prepend(app).SelectMany(part => part.Node.Items("spec", "template", "spec", "containers").Take(1).Select(container => (part.File, container)))];
    }

    private static IEnumerable<(string File, YamlNode Node)> Workloads(Checkout checkout) => s_folders.SelectMany(folder => Declared(checkout, folder));

    private static IEnumerable<(string File, YamlNode Node)> Declared(Checkout checkout, string folder) =>
        from file in checkout.Files(folder, ".yaml")
        from document in checkout.Documents(file)
        where document.Text("kind") is "Deployment" or "StatefulSet"
        select (file, (YamlNode)document);

    private static string FolderOf(string file) => file[..file.LastIndexOf('/')];
}
