using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Resources.Loading;

namespace Sidecar.Cli.RunFiles;

/// <summary>Reads a <c>dapr.yaml</c> as <c>dapr run -f</c> does, and refuses what that would ignore: misspelt keys.</summary>
public sealed class RunTemplateReader
{
    private readonly string _file;
    private readonly string _directory;
    private readonly string _home;

    private RunTemplateReader(string file, string directory, string home)
    {
        _file = file;
        _directory = directory;
        _home = home;
    }

    /// <summary>Reads what <c>-f</c> names: a folder with a <c>dapr.yaml</c>, a file, or <c>-</c> for the standard input.</summary>
    /// <exception cref="ResourceException">There is no such file, or something in it is wrong.</exception>
    public static RunTemplate Read(string path, TextReader input, string? home = null)
    {
        home ??= Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (path == "-")
            return Parse(input.ReadToEnd(), "(stdin)", Directory.GetCurrentDirectory(), home);
        var file = Directory.Exists(path) ? Path.Combine(path, "dapr.yaml") : path;
        if (!File.Exists(file))
            throw new ResourceException(new SourceLocation(file, 0), "", "there is no such run file; give -f a folder with a dapr.yaml, a file, or -");
        return Parse(File.ReadAllText(file), file, Path.GetDirectoryName(Path.GetFullPath(file))!, home);
    }

    /// <summary>Reads the text of a run file whose paths start from <paramref name="directory"/>.</summary>
    /// <exception cref="ResourceException">Something in it is wrong.</exception>
    public static RunTemplate Parse(string text, string file, string directory, string home) =>
        new RunTemplateReader(file, directory, home).Read(YamlText.Parse(text, file));

    private RunTemplate Read(IReadOnlyList<YamlNode> documents)
    {
        if (documents is not [var document])
            throw new ResourceException(new SourceLocation(_file, 1), "", $"must hold one document, not {documents.Count}");
        var root = document.AsMap();
        RunTemplateKeys.RefuseUnknown(root, RunTemplateKeys.Root);
        if (root.RequiredText("version", "write 'version: 1'") != "1")
            throw root.Find("version")!.Error($"'{root.Text("version")}' is not supported; write 'version: 1'");
        var common = root.Map("common");
        if (common is not null)
            RunTemplateKeys.RefuseUnknown(common, RunTemplateKeys.Shared);
        var items = root.List("apps");
        if (items.Count == 0)
            throw root.Missing("apps", "a run file needs at least one app");
        var reader = new AppTemplateReader(_directory, _home, common);
        var apps = items.Select(item => reader.Read(item.AsMap())).ToList();
        RunTemplateKeys.RefuseDoubles(apps);
        return new RunTemplate(_file, _directory, root.Text("name") is { Length: > 0 } name ? name : Path.GetFileName(_directory), apps);
    }
}
