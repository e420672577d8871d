using System.Diagnostics;
using Deployment.Tests.Files;
using Deployment.Tests.Policies;
using Deployment.Tests.Resources;
using YamlDotNet.RepresentationModel;

namespace Deployment.Tests.Tye;

/// <summary>tye.yaml has only what Tye has, and the flat folder that a command makes for it is the folders that dapr.yaml lists. That both files start the same apps is shown by DriftTests.</summary>
public sealed class TyeTests : IDisposable
{
    private readonly string _to = Path.Combine(Directory.CreateTempSubdirectory("tye-").FullName, "components");

    [Fact]
    public void tye_yaml_uses_only_the_keys_of_Tye_and_of_its_Dapr_extension()
    {
        var tye = Checkout.Here.Documents("tye.yaml").Single();

        OnlyKeys(tye, "name", "extensions", "services");
        foreach (var extension in tye.Items("extensions"))
        {
            OnlyKeys(
                extension, "name", "app-max-concurrency", "app-protocol", "app-ssl", "components-path", "config", "enable-profiling", "http-max-request-size", "log-level", "placement-port", "services");
        }

        foreach (var service in tye.Items("services"))
        {
            OnlyKeys(service, "name", "project", "executable", "args", "workingDirectory", "env", "bindings", "replicas", "build", "buildProperties");
            Assert.True(service.Text("project") is null != service.Text("executable") is null, $"{service.In("tye.yaml")}: a service is a project or an executable");
            Assert.True(service.Text("project") is not { } project || Checkout.Here.Has(project), $"{service.In("tye.yaml")}: there is no {service.Text("project")}");
            Assert.All(service.Items("bindings"), binding => OnlyKeys(binding, "name", "port", "protocol"));
            Assert.All(service.Items("env"), variable => OnlyKeys(variable, "name", "value"));
        }
    }

    [BashTheory]
    [InlineData("redis", "sqlite")]
    [InlineData("kafka", "postgresql")]
    public void The_flat_folder_holds_what_the_folders_of_components_hold(string broker, string store)
    {
        Run("--broker", broker, "--store", store, "--to", _to);

        var source = Checkout.Here.Documents("dapr.yaml").Single().Texts("common", "resourcesPaths")
            .Select(folder => folder.StartsWith("components/pubsub/", StringComparison.Ordinal) ? $"components/pubsub/{broker}"
                : folder.StartsWith("components/state/", StringComparison.Ordinal) ? $"components/state/{store}"
                : folder)
            .SelectMany(folder => Checkout.Here.Files(folder, ".yaml"))
            .ToDictionary(file => Path.GetFileName(file), file => Checkout.Here.Read(file));
        source.Add(ConfigurationName() + ".yaml", Checkout.Here.Read("components/configuration.yaml"));
        var made = Directory.EnumerateFiles(_to).ToDictionary(file => Path.GetFileName(file), File.ReadAllText);
        Assert.Equal(source.Keys.Order(StringComparer.Ordinal), made.Keys.Order(StringComparer.Ordinal));
        Assert.All(source, file => Assert.Equal(file.Value.Replace("../../../components/", "components/", StringComparison.Ordinal), made[file.Key]));
    }

    [BashFact]
    public async Task Every_sidecar_of_Tye_loads_the_flat_folder()
    {
        Run("--to", _to);

        foreach (var app in Facts.Apps)
        {
            var resources = await LoadedApp.LoadAsync(app, [_to], [Path.Combine(_to, ConfigurationName() + ".yaml")], new FakeSecrets([]));

            Assert.Contains(resources.Components, component => component.Name == "pubsub");
            Assert.Contains(resources.Components, component => component.Name == "statestore");
            Assert.All(
                resources.Components.SelectMany(component => component.Metadata).Where(entry => entry.Key == "secretsFile"),
                entry => Assert.True(Checkout.Here.Has(entry.Value), $"there is no {entry.Value} below the folder of tye.yaml"));
        }
    }

    [BashFact]
    public void The_embedded_broker_is_refused()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Run("--broker", "embedded", "--to", _to));

        Assert.Contains("choose another folder of components/pubsub", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_to)!, recursive: true);

    private static string ConfigurationName() => Checkout.Here.Documents("tye.yaml").Single().Items("extensions").Single().Text("config")!;

    private static void Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(Checkout.Root, "run"), ["tye-components", .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"./run tye-components ended with {process.ExitCode}: {error}{output.Result}");
    }

    private static void OnlyKeys(YamlNode node, params string[] allowed) =>
        Assert.All(node.Entries(), entry => Assert.True(allowed.Contains(entry.Key), $"{entry.KeyNode.In("tye.yaml")}: '{entry.Key}' is not a key that Tye has here"));
}
