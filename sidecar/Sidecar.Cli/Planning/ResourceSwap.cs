using Sidecar.Cli.RunFiles;
using Sidecar.Runtime.Resources;

namespace Sidecar.Cli.Planning;

/// <summary>Replaces resources folders and configuration files by others, as <c>--swap components/pubsub/redis=components/pubsub/embedded</c> asks.</summary>
internal static class ResourceSwap
{
    public static IReadOnlyList<string> Apply(IReadOnlyList<(string From, string To)> swaps, IReadOnlyList<string> paths) =>
        [.. paths.Select(path => Apply(swaps, path))];

    public static void RefuseUseless(IReadOnlyList<(string From, string To)> swaps, IReadOnlyList<AppTemplate> apps)
    {
        var paths = apps.SelectMany(app => app.ResourcesPaths.Concat(app.ConfigPaths)).Distinct(StringComparer.Ordinal).ToList();
        foreach (var (from, to) in swaps)
        {
            if (!paths.Any(path => EndsIn(path, from)))
            {
                throw new ResourceException(new SourceLocation("--swap", 0), $"{from}={to}",
                    $"no resources path and no configuration file ends in '{from}'; there are: {string.Join(", ", paths)}");
            }
        }
    }

    private static string Apply(IReadOnlyList<(string From, string To)> swaps, string path)
    {
        foreach (var (from, to) in swaps)
        {
            if (!EndsIn(path, from))
                continue;
            var target = Path.IsPathRooted(to) ? to : path[..^Normal(from).Length] + Normal(to);
            return Path.Exists(target)
                ? target
                : throw new ResourceException(new SourceLocation("--swap", 0), $"{from}={to}", $"'{target}' does not exist");
        }

        return path;
    }

    private static bool EndsIn(string path, string end)
    {
        var tail = Normal(end);
        return path.EndsWith(tail, StringComparison.Ordinal) && (path.Length == tail.Length || path[^(tail.Length + 1)] == Path.DirectorySeparatorChar);
    }

    private static string Normal(string path) => path.Replace('/', Path.DirectorySeparatorChar).Trim(Path.DirectorySeparatorChar);
}
