using System.Text.RegularExpressions;
using Deployment.Tests.Files;

namespace Deployment.Tests.Scripts;

/// <summary><c>deploy/images</c>: one image for every app of dapr.yaml, by the name that the manifests use.</summary>
public sealed partial class ImagesTests : IDisposable
{
    private const string Canonical = "dotnet run --project deploy/Reproducible -c Release --no-build --";

    private readonly Workbench _workbench = new();

    public void Dispose() => _workbench.Dispose();

    [BashFact]
    public async Task There_is_an_image_for_every_app_of_dapr_yaml_and_no_other()
    {
        var run = await _workbench.RunAsync("images", ["--list"]);

        var apps = AppId().Matches(Checkout.Here.Read("dapr.yaml")).Select(match => match.Groups["id"].Value);
        Assert.Equal(apps.Order(StringComparer.Ordinal), run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [BashFact]
    public async Task Pushed_images_have_the_version_of_the_commit_both_architectures_and_the_official_packages()
    {
        var run = await _workbench.RunAsync("images", ["--registry", "ghcr.io/shop", "--push"], answers: ["git describe => v1.2.3-4-gabc1234"]);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.All(run.CallsOf("dotnet publish"), call => Assert.Contains(
            "-p:DaprSdk=nuget -p:ContinuousIntegrationBuild=true -p:Version=1.2.3-4-gabc1234 -p:ImagePlatforms=all -p:ContainerArchiveOutputPath=", call, StringComparison.Ordinal));
        Assert.Equal(11, run.CallsOf("dotnet publish").Count());
        var loyalty = Assert.Single(run.CallsOf("docker"));
        Assert.Contains("--platform linux/amd64,linux/arm64 --build-arg SOURCE_DATE_EPOCH=1767225600 --output type=registry,rewrite-timestamp=true --provenance mode=max --sbom true", loyalty, StringComparison.Ordinal);
        Assert.Contains("--tag ghcr.io/shop/orders-loyalty:1.2.3-4-gabc1234", loyalty, StringComparison.Ordinal);
        Assert.Contains("12 images, version 1.2.3-4-gabc1234.", run.Output, StringComparison.Ordinal);
    }

    [BashFact]
    public async Task Without_a_push_they_go_to_the_local_Docker_for_one_architecture()
    {
        var run = await _workbench.RunAsync("images", ["--registry", "ghcr.io/shop", "--only", "catalog", "--only", "loyalty"]);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.DoesNotContain("ImagePlatforms", Assert.Single(run.CallsOf("dotnet publish")), StringComparison.Ordinal);
        run.CalledInOrder("dotnet publish", $"{Canonical} {Archive("catalog")} 1767225600 ghcr.io/shop/orders-catalog:1.2.3", $"docker load --quiet --input {Archive("catalog")}", "docker build --label");
        Assert.Empty(run.CallsOf("skopeo"));
    }

    [BashFact]
    public async Task What_the_SDK_built_is_made_canonical_and_then_pushed_as_it_is()
    {
        var run = await _workbench.RunAsync("images", ["--registry", "ghcr.io/shop", "--push", "--only", "catalog"]);

        Assert.True(run.ExitCode == 0, run.Error);
        run.CalledInOrder(
            "dotnet msbuild deploy/Reproducible",
            $"-p:ContainerArchiveOutputPath={Archive("catalog")}",
            $"{Canonical} {Archive("catalog")} 1767225600 ghcr.io/shop/orders-catalog:1.2.3",
            $"skopeo copy --quiet --all --preserve-digests oci-archive:{Archive("catalog")} docker://ghcr.io/shop/orders-catalog:1.2.3");
        Assert.Contains("sha256:0123456789abcdef", run.Output, StringComparison.Ordinal);
        Assert.Empty(run.CallsOf("docker"));
    }

    [BashTheory]
    [InlineData("dotnet msbuild deploy/Reproducible", "dotnet publish")]
    [InlineData("dotnet publish", "dotnet run")]
    [InlineData("dotnet run --project deploy/Reproducible", "skopeo")]
    [InlineData("skopeo copy", "docker")]
    public async Task Nothing_comes_after_what_failed_and_its_step_is_named(string failing, string next)
    {
        var run = await _workbench.RunAsync("images", ["--registry", "ghcr.io/shop", "--push", "--only", "catalog", "--only", "loyalty"], failing);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("Step 1 (ghcr.io/shop/orders-catalog:1.2.3) failed", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.CallsOf(next));
    }

    [BashFact]
    public async Task With_a_folder_they_are_left_there_for_both_architectures()
    {
        var run = await _workbench.RunAsync("images", ["--registry", "ghcr.io/shop", "--output", "here", "--only", "catalog", "--only", "loyalty"]);

        Assert.True(run.ExitCode == 0, run.Error);
        var folder = Path.Combine(Path.GetDirectoryName(_workbench.Root)!, "here");
        Assert.Contains("-p:ImagePlatforms=all", Assert.Single(run.CallsOf("dotnet publish")), StringComparison.Ordinal);
        Assert.Contains($"{Canonical} {folder}/orders-catalog.tar 1767225600", Assert.Single(run.CallsOf("dotnet run")), StringComparison.Ordinal);
        Assert.Contains($"--output type=oci,dest={folder}/orders-loyalty.tar,rewrite-timestamp=true", Assert.Single(run.CallsOf("docker")), StringComparison.Ordinal);
        Assert.Empty(run.CallsOf("skopeo"));
    }

    [BashFact]
    public async Task A_base_can_be_named_and_a_registry_on_this_machine_needs_no_certificate()
    {
        var run = await _workbench.RunAsync("images", ["--registry", "localhost:5000/shop", "--push", "--base", "example.com/base@sha256:12", "--only", "catalog"]);

        Assert.Contains("-p:ContainerBaseImage=example.com/base@sha256:12", Assert.Single(run.CallsOf("dotnet publish")), StringComparison.Ordinal);
        Assert.Contains("--dest-tls-verify=false", Assert.Single(run.CallsOf("skopeo")), StringComparison.Ordinal);
    }

    [BashFact]
    public async Task Only_what_is_used_has_to_be_there()
    {
        _workbench.Uninstall("docker");
        _workbench.Uninstall("skopeo");

        var pushed = await _workbench.RunAsync("images", ["--registry", "ghcr.io/shop", "--push", "--only", "catalog"]);
        var left = await _workbench.RunAsync("images", ["--output", "here", "--only", "catalog"]);

        Assert.Equal((1, 0), (pushed.ExitCode, left.ExitCode));
        Assert.Contains("skopeo is missing: install skopeo", pushed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("docker", pushed.Error, StringComparison.Ordinal);
    }

    [BashFact]
    public async Task Nothing_is_pushed_to_nobodys_registry()
    {
        var run = await _workbench.RunAsync("images", ["--push"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("set REGISTRY in deploy/settings.env", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.CallsOf("dotnet"));
    }

    [BashFact]
    public async Task A_repository_without_a_version_tag_counts_its_commits()
    {
        var run = await _workbench.RunAsync("images", ["--version"], failing: "git describe --tags", answers: ["git rev-list => 42", "git describe --always => abc1234"]);

        Assert.Equal("0.1.0-42-gabc1234", run.Output.Trim());
    }

    private string Archive(string app) => Path.Combine(_workbench.Root, "artifacts", "images", $"orders-{app}.tar");

    [GeneratedRegex(@"^- appID: (?<id>\S+)", RegexOptions.Multiline)]
    private static partial Regex AppId();
}
