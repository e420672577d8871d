using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>Rules about the tree as a whole that no compiler keeps.</summary>
public sealed partial class TreeTests
{
    [Theory]
    [InlineData("dapr.yaml")]
    [InlineData("tye.yaml")]
    [InlineData("k8s")]
    public void What_is_embedded_in_our_sidecar_stays_out_of_what_real_Dapr_reads(string place)
    {
        var path = Path.Combine(Repository.Root, place);
        var files = File.Exists(path) ? [path] : Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories) : [];

        Assert.DoesNotContain(files, file => File.ReadAllText(file).Contains("embedded", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void No_source_file_has_unfinished_work_marked_in_it()
    {
        var unfinished = Sources().Where(file => Unfinished().IsMatch(File.ReadAllText(file))).Select(Repository.Relative).ToList();

        Assert.Empty(unfinished);
    }

    [Fact]
    public void No_source_file_is_longer_than_a_reader_can_hold()
    {
        var tooLong = Sources().Select(file => (File: Repository.Relative(file), Lines: File.ReadLines(file).Count())).Where(file => file.Lines > 400);

        Assert.Empty(tooLong);
    }

    [Fact]
    public void There_is_no_room_for_leftovers()
    {
        string[] refused = ["Common", "Utils", "Helpers", "Managers", "Misc"];
        var folders = new[] { "services", "workflows", "sidecar", "protocol" }
            .Select(folder => Path.Combine(Repository.Root, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories))
            .Where(folder => refused.Contains(Path.GetFileName(folder), StringComparer.OrdinalIgnoreCase))
            .Select(Repository.Relative)
            .Where(folder => !folder.StartsWith("protocol/Protocol/protos", StringComparison.Ordinal) && !folder.Contains("/node_modules/", StringComparison.Ordinal))
            .ToList();

        Assert.Empty(folders);
    }

    private static IEnumerable<string> Sources() =>
        Directory.EnumerateFiles(Repository.Root, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Repository.Relative(file).Split('/').Any(part => part is "artifacts" or "obj" or "bin" or "node_modules"))
            .Where(file => !file.EndsWith("TreeTests.cs", StringComparison.Ordinal));

    // The exception with a message is an answer: the official SDK gives it to tests that use what they have not set up.
    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|new NotImplementedException\(\)")]
    private static partial Regex Unfinished();
}
