using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>What the documents show of the code is in the code, and where they point something is.</summary>
public sealed partial class DocsTests
{
    public static TheoryData<string> Documents() =>
    [
        .. Directory.EnumerateFiles(Repository.Root, "*.md", SearchOption.AllDirectories)
            .Select(Repository.Relative)
            .Where(file => !file.Split('/').Any(part => part is "artifacts" or "node_modules" or ".git"))
            .Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_csharp_snippet_stands_in_the_source_as_shown(string document)
    {
        var sources = new Lazy<string>(() => string.Concat(
            new[] { "services", "workflows", "sidecar", "sdk", "samples" }
                .Select(folder => Path.Combine(Repository.Root, folder))
                .Where(Directory.Exists)
                .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
                .Select(file => File.ReadAllText(file).ReplaceLineEndings("\n"))));

        Assert.All(
            Snippet().Matches(Repository.Read(document).ReplaceLineEndings("\n")),
            snippet => Assert.True(sources.Value.Contains(snippet.Groups["code"].Value, StringComparison.Ordinal), $"not in the source:\n{snippet.Groups["code"].Value}"));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_link_into_the_repository_leads_somewhere(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;
        var links = Link().Matches(Repository.Read(document)).Select(link => link.Groups["to"].Value).Where(to => !to.Contains("://", StringComparison.Ordinal) && !to.StartsWith('#'));

        Assert.All(links, link => Assert.True(Path.Exists(Path.Combine(folder, link.Split('#')[0])), $"{document} links to {link}, which is not there"));
    }

    [GeneratedRegex(@"```csharp\n(?<code>.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Snippet();

    [GeneratedRegex(@"\]\((?<to>[^)\s]+)\)")]
    private static partial Regex Link();
}
