using System.Text.RegularExpressions;
using Deployment.Tests.Files;
using YamlDotNet.RepresentationModel;

namespace Deployment.Tests.Pipeline;

/// <summary>The workflows of GitHub Actions as far as they can be checked without GitHub: what they call is there, what they run by others is pinned, and settings.env has what they read.</summary>
public sealed partial class WorkflowTests
{
    private const string Settings = "deploy/settings.env";

    private static readonly string[] s_scripts = ["deploy/aks", "deploy/apply", "deploy/images", "deploy/kind", "deploy/smoke"];

    public static TheoryData<string> Workflows() => [.. Checkout.Here.Files(".github/workflows", ".yml")];

    [Theory]
    [MemberData(nameof(Workflows))]
    public void A_workflow_is_YAML_whose_jobs_need_jobs_that_are_there(string path)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Checkout.Here.Read(path)));
        var jobs = (YamlMappingNode)((YamlMappingNode)yaml.Documents[0].RootNode)["jobs"];
        var names = jobs.Children.Keys.Select(name => name.ToString()).ToList();

        Assert.All(jobs.Children.Values.Cast<YamlMappingNode>(), job =>
        {
            var needs = job.Children.TryGetValue("needs", out var given) ? given : new YamlSequenceNode();
            Assert.All(needs is YamlSequenceNode list ? list.Select(name => name.ToString()) : [needs.ToString()], name => Assert.Contains(name, names));
        });
    }

    /// <summary>A tag can be moved to other code, and has been. GitHub's own actions come from who runs them anyway.</summary>
    [Theory]
    [MemberData(nameof(Workflows))]
    public void Actions_of_others_are_pinned_by_commit_and_GitHubs_own_by_version(string path) =>
        Assert.All(Uses().Matches(Checkout.Here.Read(path)), use =>
        {
            var action = use.Groups["action"].Value;
            if (action.StartsWith("./", StringComparison.Ordinal))
            {
                Assert.True(Checkout.Here.Has(action[2..]), $"{path} uses {action}, which is not there");
            }
            else
            {
                Assert.Matches(action.StartsWith("actions/", StringComparison.Ordinal) || action.StartsWith("github/", StringComparison.Ordinal) ? @"@v\d+$" : @"@[0-9a-f]{40}$", action);
            }
        });

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Scripts_and_overlays_that_a_workflow_names_are_there(string path)
    {
        var text = Checkout.Here.Read(path);

        Assert.All(Script().Matches(text), script => Assert.True(Checkout.Here.Has(script.Value), $"{path} runs {script.Value}, which is not there"));
        Assert.All(Overlay().Matches(text), overlay => Assert.True(Checkout.Here.Has($"k8s/overlays/{overlay.Groups["name"].Value}/kustomization.yaml"), $"{path}: {overlay.Value}"));
    }

    [Fact]
    public void Every_setting_is_read_by_somebody()
    {
        var readers = string.Concat(s_scripts.Concat(Checkout.Here.Files(".github/workflows", ".yml")).Select(Checkout.Here.Read));

        Assert.All(Setting().Matches(Checkout.Here.Read(Settings)), setting => Assert.Matches($@"\b{setting.Groups["key"].Value}\b", readers));
    }

    [Fact]
    public void Every_setting_that_is_read_is_there()
    {
        var settings = Setting().Matches(Checkout.Here.Read(Settings)).Select(setting => setting.Groups["key"].Value).ToList();
        var read = s_scripts.SelectMany(script => ReadSetting().Matches(Checkout.Here.Read(script)).Select(match => match.Groups["key"].Value))
            .Concat(EnvironmentUse().Matches(Checkout.Here.Read(".github/workflows/release.yml")).Select(match => match.Groups["key"].Value));

        Assert.All(read, key => Assert.Contains(key, settings));
    }

    [GeneratedRegex(@"uses: (?<action>\S+)")]
    private static partial Regex Uses();

    [GeneratedRegex(@"(?<![\w/])deploy/[a-z]+(\.[a-z]+)?(?![\w/])")]
    private static partial Regex Script();

    [GeneratedRegex(@"deploy/apply (?<name>[a-z]+) --")]
    private static partial Regex Overlay();

    [GeneratedRegex(@"^(?<key>[A-Z_]+)=", RegexOptions.Multiline)]
    private static partial Regex Setting();

    [GeneratedRegex(@"setting (?<key>[A-Z_]+)")]
    private static partial Regex ReadSetting();

    /// <summary>Variables of a job that come from settings.env: those that no step sets itself and GitHub does not.</summary>
    [GeneratedRegex(@"(\$\{?|env\.)(?<key>(AZURE|STAGING|PRODUCTION|ACCEPTANCE|ARGO|REGISTRY)(_[A-Z_]+)?)\b")]
    private static partial Regex EnvironmentUse();
}
