using System.Text.RegularExpressions;
using Deployment.Tests.Files;

namespace Deployment.Tests.Azure;

/// <summary>The Bicep files as far as they can be checked without a compiler: names that belong together are the same, and what other files rely on is there. CI compiles them.</summary>
public sealed partial class BicepTests
{
    private const string Folder = "deploy/azure";

    private static readonly BicepFile s_main = BicepFile.Read($"{Folder}/main.bicep");

    /// <summary>Azure's built-in roles that the platform hands out, as the page "Azure built-in roles" lists them.</summary>
    private static readonly Dictionary<string, string> s_roles = new()
    {
        ["networkContributor"] = "4d97b98b-1d4f-4787-a291-c67834d212e7",
        ["clusterAdministrator"] = "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
        ["acrPull"] = "7f951dda-4ed3-4680-a7ca-43fe172d538d",
        ["secretsUser"] = "4633458b-17de-408a-b874-0445c86b69e6",
        ["secretsOfficer"] = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
        ["dataOwner"] = "090c5cfd-751d-490a-894a-3ce6f1109419",
        ["monitoringDataReader"] = "b0d8363b-8ddd-447d-831f-62ca05bff136",
        ["grafanaAdministrator"] = "22926164-76b3-42b3-bc55-97df8dab3e41",
    };

    public static TheoryData<string> BicepFiles() => [.. Checkout.Here.Files(Folder, ".bicep")];

    [Theory]
    [MemberData(nameof(BicepFiles))]
    public void Brackets_match_and_everything_declared_is_used(string path)
    {
        var file = BicepFile.Read(path);

        Assert.Null(file.Unbalanced());
        Assert.All(file.Parameters, parameter => Assert.True(file.Uses(parameter.Name) > 1 || file.Says($"${{{parameter.Name}}}"), $"{path}: parameter {parameter.Name} is used nowhere"));
        Assert.All(file.Variables, variable => Assert.True(file.Uses(variable) > 1, $"{path}: variable {variable} is used nowhere"));
        Assert.All(file.ResourceTypes, type => Assert.Matches(@"^Microsoft\.\w+(/\w+)+@\d{4}-\d\d-\d\d(-preview)?$", type));
    }

    [Fact]
    public void Every_module_is_given_what_it_asks_for_and_nothing_else()
    {
        Assert.Equal(Checkout.Here.Files($"{Folder}/modules", ".bicep"), s_main.Modules.Select(module => $"{Folder}/{module.File}").Order(StringComparer.Ordinal));
        Assert.All(s_main.Modules, module =>
        {
            var asked = BicepFile.Read($"{Folder}/{module.File}").Parameters;
            Assert.Equal(asked.Select(parameter => parameter.Name).Order(StringComparer.Ordinal), module.Given.Keys.Order(StringComparer.Ordinal));
        });
    }

    [Fact]
    public void Every_output_that_is_used_is_one_and_none_is_taken_from_a_module_that_may_be_left_out()
    {
        var modules = s_main.Modules.ToDictionary(module => module.Name);

        Assert.All(s_main.OutputsUsed, used =>
        {
            Assert.Contains(used.Output, BicepFile.Read($"{Folder}/{modules[used.Module].File}").Outputs);
            Assert.Equal("", modules[used.Module].Condition);
        });
    }

    [Fact]
    public void The_outputs_are_what_the_overlay_wants_and_what_the_script_reads()
    {
        var overlay = Setting().Matches(Checkout.Here.Read("k8s/overlays/aks/settings.env")).Select(match => match.Groups["key"].Value).ToList();
        var script = Checkout.Here.Read("deploy/aks");

        Assert.NotEmpty(overlay);
        Assert.All(overlay, key => Assert.Contains(key, s_main.Outputs));
        Assert.All(s_main.Outputs, key => Assert.Matches($@"\b{key}\b", script));
    }

    [Fact]
    public void Roles_are_the_ones_they_are_called()
    {
        var named = Checkout.Here.Files(Folder, ".bicep").SelectMany(path => BicepFile.Read(path).Guids).ToList();

        Assert.Equal(s_roles.OrderBy(role => role.Key, StringComparer.Ordinal), named.DistinctBy(role => role.Key).OrderBy(role => role.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void Every_app_with_a_sidecar_may_take_the_workloads_identity()
    {
        var apps = AppId().Matches(Checkout.Here.Read("dapr.yaml")).Select(match => match.Groups["id"].Value).Except(["payment-provider", "carrier"]);

        Assert.Equal(apps.Order(StringComparer.Ordinal), s_main.Default("appIds").Order(StringComparer.Ordinal));
        // Azure takes twenty federated credentials on one identity; KEDA's is one more.
        Assert.InRange(s_main.Default("appIds").Count + 1, 1, 20);
    }

    [Fact]
    public void The_extension_is_Daprs_highly_available_and_can_be_left_out()
    {
        var module = s_main.Modules.Single(module => module.Name == "dapr");
        var extension = BicepFile.Read($"{Folder}/{module.File}");

        Assert.Equal("deployDaprExtension", module.Condition);
        Assert.Contains(extension.ResourceTypes, type => type.StartsWith("Microsoft.KubernetesConfiguration/extensions@", StringComparison.Ordinal));
        Assert.All(
            (string[])["extensionType: 'microsoft.dapr'", "'global.ha.enabled'", "autoUpgradeMinorVersion: empty(version)", "releaseNamespace: 'dapr-system'"],
            text => Assert.True(extension.Says(text), $"{extension.Path} does not say {text}"));
    }

    [GeneratedRegex(@"^(?<key>[A-Z_]+)=", RegexOptions.Multiline)]
    private static partial Regex Setting();

    [GeneratedRegex(@"^- appID: (?<id>\S+)", RegexOptions.Multiline)]
    private static partial Regex AppId();
}
