using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>The pages of docs/runbooks have one shape, and speak of metrics and log lines that exist. That their commands work is shown by Platform.Tests.</summary>
public sealed partial class RunbookTests
{
    private const string Folder = "docs/runbooks";

    private static readonly string[] _sections = ["How you notice", "What to check", "What to do", "What not to do", "It is over when"];

    public static TheoryData<string> Pages() =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, Folder), "*.md").Select(Repository.Relative).Where(page => !page.EndsWith("README.md", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_says_how_to_notice_check_act_and_know_that_it_is_over(string page)
    {
        var sections = Section().Matches(Repository.Read(page).ReplaceLineEndings("\n")).Select(section => section.Groups[1].Value);

        Assert.Equal(_sections, sections.Where(section => _sections.Contains(section)));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_is_in_the_table(string page) =>
        Assert.Contains($"]({Path.GetFileName(page)})", Repository.Read($"{Folder}/README.md"), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Pages))]
    public void Metrics_that_a_page_names_are_counted_by_the_sidecar(string page)
    {
        var counted = Repository.Read("sidecar/Sidecar.Runtime/Telemetry/SidecarMetrics.cs");

        Assert.All(Metric().Matches(Repository.Read(page)).Select(metric => metric.Value), metric => Assert.Contains($"\"{metric}\"", counted, StringComparison.Ordinal));
    }

    [GeneratedRegex("^## (.+)$", RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex("dapr_[a-z]+_[a-z_]+")]
    private static partial Regex Metric();
}
