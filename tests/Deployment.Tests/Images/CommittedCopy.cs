using System.Diagnostics;
using Deployment.Tests.Files;

namespace Deployment.Tests.Images;

/// <summary>What images are built from, as it stands in this checkout, in a folder of its own and committed there. Every copy has the same commit, version 1.2.3.</summary>
internal sealed class CommittedCopy : IDisposable
{
    private static readonly string[] s_folders = ["deploy", "protocol", "sdk", "services", "workflows"];
    private static readonly string[] s_files = ["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json", ".editorconfig", ".gitignore"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("commit-");

    private CommittedCopy(string under) => Root = Path.Combine(_folder.FullName, under);

    /// <summary>The folder of the copy.</summary>
    public string Root { get; }

    /// <summary>Copies and commits.</summary>
    /// <param name="under">A folder below the temporary one, so that paths of two copies differ in length too.</param>
    public static async Task<CommittedCopy> MakeAsync(string under)
    {
        var copy = new CommittedCopy(under);
        foreach (var file in s_folders.SelectMany(folder => Checkout.Here.Files(folder, "")).Concat(s_files))
        {
            var target = Path.Combine(copy.Root, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(Checkout.Root, file), target);
        }

        await copy.RunAsync("git", "init", "--quiet");
        await copy.RunAsync("git", "add", "--all");
        await copy.RunAsync("git", "-c", "user.name=a test", "-c", "user.email=test@example.com", "-c", "commit.gpgSign=false", "commit", "--quiet", "--message", "a commit");
        await copy.RunAsync("git", "-c", "tag.gpgSign=false", "tag", "v1.2.3");
        return copy;
    }

    /// <summary>Runs <c>deploy/images</c>, and takes from what it tells the digest of the one image.</summary>
    public async Task<string> ImagesAsync(params string[] arguments)
    {
        var output = await RunAsync("bash", ["deploy/images", .. arguments]);
        return Assert.Single(output.Split('\n', StringSplitOptions.TrimEntries), line => line.StartsWith("sha256:", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Root, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["GIT_AUTHOR_DATE"] = start.Environment["GIT_COMMITTER_DATE"] = "2026-01-02T03:04:05Z";

        // No process of a build outlives the test.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["Analyze"] = "false";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {process.ExitCode}\n{await output}{await error}");
        return await output;
    }
}
