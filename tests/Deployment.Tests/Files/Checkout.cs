namespace Deployment.Tests.Files;

/// <summary>The text files of the checkout that the tests were built from, or of a copy in which some are changed: what every comparison reads.</summary>
internal sealed class Checkout
{
    private static readonly string[] s_built = ["artifacts", "bin", "obj", "node_modules", "dist", ".dapr", ".git", ".tye"];

    private readonly IReadOnlyDictionary<string, string> _changed;

    private Checkout(IReadOnlyDictionary<string, string> changed) => _changed = changed;

    /// <summary>The files as they are.</summary>
    public static Checkout Here { get; } = new(new Dictionary<string, string>());

    /// <summary>The folder of Dapr.sln.</summary>
    public static string Root { get; } = FindRoot();

    public string Read(string path) => _changed.TryGetValue(path, out var text) ? text : File.ReadAllText(Path.Combine(Root, path));

    public bool Has(string path) => _changed.ContainsKey(path) || File.Exists(Path.Combine(Root, path));

    /// <summary>Files below a folder that end so, as paths from the root with forward slashes, in order; none when there is no such folder.</summary>
    public IReadOnlyList<string> Files(string folder, string ending)
    {
        var from = Path.Combine(Root, folder);
        var there = Directory.Exists(from) ? Below(from).Where(file => file.EndsWith(ending, StringComparison.Ordinal)).Select(Relative) : [];
        var added = _changed.Keys.Where(path => path.StartsWith(folder + "/", StringComparison.Ordinal) && path.EndsWith(ending, StringComparison.Ordinal));
        return [.. there.Union(added).Order(StringComparer.Ordinal)];
    }

    /// <summary>A copy in which one file has this text.</summary>
    public Checkout With(string path, string text) => new(new Dictionary<string, string>(_changed) { [path] = text });

    /// <summary>A copy in which the first <paramref name="old"/> of a file reads otherwise; it has to be there, or the test that asks for the change would prove nothing.</summary>
    public Checkout Changed(string path, string old, string @new)
    {
        var text = Read(path);
        var at = text.IndexOf(old, StringComparison.Ordinal);
        return at < 0
            ? throw new ArgumentException($"'{old}' is not in {path}: the change would change nothing", nameof(old))
            : With(path, string.Concat(text.AsSpan(0, at), @new, text.AsSpan(at + old.Length)));
    }

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static IEnumerable<string> Below(string folder) =>
        Directory.EnumerateFiles(folder).Concat(
            Directory.EnumerateDirectories(folder).Where(inner => !s_built.Contains(Path.GetFileName(inner))).SelectMany(Below));

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Dapr.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"no Dapr.sln above {AppContext.BaseDirectory}: the deployment tests run from a checkout");
    }
}
