using System.Text.RegularExpressions;
using Deployment.Tests.Files;

namespace Deployment.Tests.Scripts;

/// <summary><c>deploy/images</c>: one image for every app of dapr.yaml, by the name that the manifests use.</summary>
public sealed partial class ImagesTests : IDisposable
{
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
            "-p:DaprSdk=nuget -p:ContinuousIntegrationBuild=true -p:Version=1.2.3-4-gabc1234 -p:ContainerImageTag=1.2.3-4-gabc1234 -p:ContainerRegistry=ghcr.io -p:ImagePrefix=shop/", call, StringComparison.Ordinal));
        Assert.Equal(11, run.CallsOf("dotnet publish").Count());
        var loyalty = Assert.Single(run.CallsOf("docker"));
        Assert.Contains("--platform linux/amd64,linux/arm64 --push --provenance mode=max --sbom true", loyalty, StringComparison.Ordinal);
        Assert.Contains("--tag ghcr.io/shop/orders-loyalty:1.2.3-4-gabc1234", loyalty, StringComparison.Ordinal);
        Assert.Contains("12 images, version 1.2.3-4-gabc1234.", run.Output, StringComparison.Ordinal);
    }

    [BashFact]
    public async Task Without_a_push_they_go_to_the_local_Docker_for_one_architecture()
    {
        var run = await _workbench.RunAsync("images", ["--registry", "ghcr.io/shop", "--only", "catalog", "--only", "loyalty"]);

        Assert.Contains("-p:ImagePlatforms=local -p:ImagePrefix=ghcr.io/shop/", Assert.Single(run.CallsOf("dotnet publish")), StringComparison.Ordinal);
        Assert.StartsWith("docker build ", Assert.Single(run.CallsOf("docker")), StringComparison.Ordinal);
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

    [GeneratedRegex(@"^- appID: (?<id>\S+)", RegexOptions.Multiline)]
    private static partial Regex AppId();
}
