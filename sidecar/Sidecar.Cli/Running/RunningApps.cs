using Sidecar.Processes;

namespace Sidecar.Cli.Running;

/// <summary>An app instance that runs, with the host of its sidecar.</summary>
/// <param name="App">The instance.</param>
/// <param name="Host">The process that holds its sidecar.</param>
/// <param name="HostDirectory">Where their records are.</param>
internal sealed record RunningApp(RunRecord App, RunRecord Host, string HostDirectory);

/// <summary>What runs on this machine, as the records say.</summary>
internal static class RunningApps
{
    /// <summary>The apps of every run of this user, and of the current folder when the home cannot be written to.</summary>
    public static IReadOnlyList<RunningApp> OfUser() => In([.. RunRegistry.OfUser.HostDirectories, .. WithThoseBelow(Path.GetFullPath(".dapr"))]);

    /// <summary>The apps of one host directory and of those below it, where apps that were started alone have theirs.</summary>
    public static IReadOnlyList<RunningApp> Of(string hostDirectory) => In(WithThoseBelow(hostDirectory));

    private static IEnumerable<string> WithThoseBelow(string directory)
    {
        var alone = Path.Combine(directory, "apps");
        return new[] { directory }.Concat(Directory.Exists(alone) ? Directory.EnumerateDirectories(alone).Order(StringComparer.Ordinal) : []);
    }

    private static List<RunningApp> In(IEnumerable<string> directories) =>
    [
        .. directories.Distinct(StringComparer.Ordinal).Select(directory => (Directory: directory, Records: new RunRecords(directory)))
            .Select(run => (run.Directory, run.Records.Apps, Host: run.Records.RunningHost)).Where(run => run.Host is not null)
            .SelectMany(run => run.Apps.Select(app => new RunningApp(app, run.Host!, run.Directory))),
    ];
}
