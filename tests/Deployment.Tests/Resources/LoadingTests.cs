using Deployment.Tests.Files;
using Deployment.Tests.Policies;
using Deployment.Tests.Rendering;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;
using YamlDotNet.RepresentationModel;

namespace Deployment.Tests.Resources;

/// <summary>The embedded sidecar, which reads YAML as daprd does, loads what every overlay and every folder of components/ give each app.</summary>
public sealed class LoadingTests : IDisposable
{
    /// <summary>Kubernetes has this store without a Component; in a cluster Dapr's operator reads it for the sidecars.</summary>
    private const string KubernetesStore = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: kubernetes\nspec:\n  type: secretstores.kubernetes\n  version: v1\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("resources-").FullName;

    public static TheoryData<string> ComponentFolders() =>
        [.. Checkout.Here.Files("components", ".yaml").Where(file => file.Count(c => c == '/') > 1).Select(file => file[..file.LastIndexOf('/')]).Distinct()];

    [RenderingTheory]
    [MemberData(nameof(Renderings.AllRows), MemberType = typeof(Renderings))]
    public async Task What_is_rendered_loads_for_every_app(string rendering)
    {
        var objects = await Renderings.OfAsync(rendering);
        Write(objects);

        foreach (var workload in objects.Where(item => item.AppId is not null))
        {
            var configuration = objects.Single(item => item.IsDapr && item.Kind == "Configuration" && item.Name == workload.Annotation("config"));
            var resources = await LoadedApp.LoadAsync(workload.AppId!, [_folder], [Write("configuration.txt", [configuration])], new FakeSecrets(objects));

            Assert.DoesNotContain(resources.Warnings, warning => warning.Contains("is no key", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(ComponentFolders))]
    public async Task A_folder_of_components_loads_for_every_app(string folder)
    {
        foreach (var app in Facts.Apps)
        {
            var resources = await LoadedApp.LoadAsync(app, [Path.Combine(Checkout.Root, folder)], [], new FakeSecrets([]));

            Assert.Empty(resources.Warnings);
        }
    }

    [RenderingFact]
    public async Task A_secret_that_nobody_makes_is_found()
    {
        var objects = await Renderings.OfAsync("components/state-postgresql");
        Write(objects, text => text.Replace("key: postgresql-connection-string", "key: postgres-connection-string", StringComparison.Ordinal));

        var error = await Assert.ThrowsAsync<ResourceException>(() => LoadedApp.LoadAsync("ordering", [_folder], [], new FakeSecrets([])));

        Assert.Contains("has no key 'postgres-connection-string'; did you mean 'postgresql-connection-string'?", error.Message, StringComparison.Ordinal);
    }

    [RenderingFact]
    public async Task An_option_that_is_none_is_found()
    {
        var objects = await Renderings.OfAsync("components/pubsub-kafka");
        Write(objects, text => text.Replace("value: oldest", "value: first", StringComparison.Ordinal));

        var error = await Assert.ThrowsAsync<ComponentException>(() => LoadedApp.LoadAsync("ordering", [_folder], [], new FakeSecrets([])));

        Assert.Contains("'initialOffset' is 'first'; write one of newest, oldest", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Writes the resources of Dapr that a sidecar loads from a folder, and the store that Kubernetes itself is.</summary>
    private void Write(IReadOnlyList<KubeObject> objects, Func<string, string>? change = null)
    {
        var file = Write("resources.yaml", objects.Where(item => item.IsDapr && item.Kind != "Configuration"));
        File.WriteAllText(file, (change ?? (text => text))(File.ReadAllText(file)));
        File.WriteAllText(Path.Combine(_folder, "kubernetes.yaml"), KubernetesStore);
    }

    private string Write(string name, IEnumerable<KubeObject> objects)
    {
        var path = Path.Combine(_folder, name);
        using var writer = new StreamWriter(path);
        new YamlStream(objects.Select(item => new YamlDocument(item.Node))).Save(writer, assignAnchors: false);
        return path;
    }
}
