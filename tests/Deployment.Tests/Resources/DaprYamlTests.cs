using Deployment.Tests.Files;
using Deployment.Tests.Rendering;
using Deployment.Tests.Schemas;
using YamlDotNet.RepresentationModel;

namespace Deployment.Tests.Resources;

/// <summary>
/// Every YAML that real Dapr 1.18 reads is valid for it: kinds, keys and metadata names as in its reference. The components that live inside the embedded sidecar are the one exception.
/// </summary>
public sealed class DaprYamlTests
{
    private const string Embedded = ".embedded";

    public static TheoryData<string> ComponentFiles() => [.. Checkout.Here.Files("components", ".yaml")];

    [Theory]
    [MemberData(nameof(ComponentFiles))]
    public void A_resource_file_uses_kinds_and_keys_that_Dapr_has(string file)
    {
        var objects = Checkout.Here.Documents(file).Select(document => new KubeObject(file, document)).ToList();

        Assert.All(objects, item => Assert.True(item.IsDapr, $"{item}: apiVersion {item.ApiVersion} is not Dapr's"));
        Assert.Empty(objects.SelectMany(Problems));
        Assert.Empty(objects.Where(item => !TypeOf(item).EndsWith(Embedded, StringComparison.Ordinal)).SelectMany(SchemaFolder.Check));
    }

    [RenderingTheory]
    [MemberData(nameof(Renderings.AllRows), MemberType = typeof(Renderings))]
    public async Task A_component_of_a_cluster_uses_types_and_metadata_that_Dapr_has(string rendering) =>
        Assert.Empty((await Renderings.OfAsync(rendering)).SelectMany(Problems));

    [Theory]
    [InlineData("components/pubsub/redis/pubsub.yaml", "redisHost", "redisHosts", "metadata 'redisHosts' is none that pubsub.redis has")]
    [InlineData("components/pubsub/redis/pubsub.yaml", "pubsub.redis", "pubsub.reddis", "type pubsub.reddis is not in the table")]
    [InlineData("components/pubsub/redis/pubsub.yaml", "pubsub.redis", "pubsub.embedded", "pubsub.embedded has one folder of its own")]
    public void A_type_or_a_name_that_Dapr_does_not_have_is_found(string file, string old, string @new, string problem)
    {
        var document = Checkout.Here.Changed(file, old, @new).Documents(file).Single();

        Assert.Contains(Problems(new KubeObject(file, document)), found => found.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void A_configuration_is_never_in_a_resources_folder()
    {
        var inResources = Checkout.Here.Files("components", ".yaml")
            .Where(file => file.Count(c => c == '/') > 1)
            .Where(file => Checkout.Here.Documents(file).Any(document => document.Text("kind") == "Configuration"));

        Assert.Empty(inResources);
    }

    [Fact]
    public void dapr_yaml_uses_only_the_keys_of_the_multi_app_file()
    {
        string[] shared =
        [
            "configFilePath", "resourcesPaths", "resourcesPath", "appProtocol", "env", "appLogDestination", "daprdLogDestination", "logLevel", "appMaxConcurrency",
            "enableAppHealthCheck", "appHealthCheckPath", "appHealthProbeInterval", "appHealthProbeTimeout", "appHealthThreshold", "enableApiLogging", "enableProfiling",
            "appSSL", "maxBodySize", "readBufferSize", "apiListenAddresses", "placementHostAddress", "schedulerHostAddress", "runtimePath",
        ];
        string[] app =
        [
            .. shared, "appID", "appDirPath", "appPort", "command", "daprHTTPPort", "daprGRPCPort", "daprInternalGRPCPort", "metricsPort", "profilePort",
            "appChannelAddress", "unixDomainSocket", "containerImage", "containerImagePullPolicy", "createService",
        ];
        var run = Checkout.Here.Documents("dapr.yaml").Single();
        OnlyKeys(run, "version", "name", "common", "apps");
        OnlyKeys(run.At("common"), shared);
        foreach (var entry in run.Items("apps"))
        {
            OnlyKeys(entry, app);
            Assert.True(Directory.Exists(Path.Combine(Checkout.Root, entry.Text("appDirPath")!)), $"no folder {entry.Text("appDirPath")}");
        }
    }

    private static IEnumerable<string> Problems(KubeObject item)
    {
        if (!item.IsDapr || item.Kind != "Component")
            return [];
        var type = TypeOf(item);
        if (!ComponentTypes.Has(type))
            return [$"{item}: component type {type} is not in the table of Dapr's components (ComponentTypes)"];
        if (type.EndsWith(Embedded, StringComparison.Ordinal) && !item.Rendering.StartsWith($"components/{type.Replace('.', '/')}/", StringComparison.Ordinal))
            return [$"{item}: {type} has one folder of its own"];
        return item.Node.Items("spec", "metadata").Select(entry => entry.Text("name")!).Where(name => !ComponentTypes.MetadataOf(type).Contains(name))
            .Select(name => $"{item}: metadata '{name}' is none that {type} has");
    }

    private static string TypeOf(KubeObject item) => item.Node.Text("spec", "type") ?? "";

    private static void OnlyKeys(YamlNode? node, params string[] allowed) =>
        Assert.All(node.Entries(), entry => Assert.True(allowed.Contains(entry.Key), $"{entry.KeyNode.In("dapr.yaml")}: '{entry.Key}' is not a key that Dapr has here"));
}
