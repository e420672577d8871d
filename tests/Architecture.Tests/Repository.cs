namespace Architecture.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Project files below the given top-level folders, as paths from the root with forward slashes.</summary>
    public static IReadOnlyList<string> Projects { get; } =
    [
        .. new[] { "services", "workflows", "protocol", "sdk", "sidecar", "tests", "bench", "samples", "deploy" }
            .Select(folder => Path.Combine(Root, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj", SearchOption.AllDirectories))
            .Select(Relative)
            .Order(StringComparer.Ordinal),
    ];

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    public static string Read(string relativePath) => File.ReadAllText(Path.Combine(Root, relativePath));

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Dapr.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"no Dapr.sln above {AppContext.BaseDirectory}: the architecture tests run from a checkout");
    }
}
