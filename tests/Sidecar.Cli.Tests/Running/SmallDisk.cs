using System.Diagnostics;

namespace Sidecar.Cli.Tests.Running;

/// <summary>A test on a real small disk: a tmpfs in a mount namespace of the child's own. Skipped where the system does not allow that, and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> s_possible = new(SmallDisk.IsPossible);

    public SmallDiskFactAttribute()
    {
        if (!s_possible.Value)
            Skip = "a small disk needs Linux with `unshare` and user namespaces";
    }
}

/// <summary>A disk of a few megabytes that one process has, reached through that process's view of the file system.</summary>
internal sealed class SmallDisk(string mountPoint, int host)
{
    private readonly string _ballast = $"/proc/{host}/root{mountPoint}/ballast";

    /// <summary>Runs a command with the disk mounted; whatever is on it when the command has ended is copied to <paramref name="copy"/>.</summary>
    public static IReadOnlyList<string> Wrapper(string mountPoint, string copy, int megabytes) =>
    [
        "unshare", "-rm", "sh", "-c", $"""disk=$1; copy=$2; shift 2; mount -t tmpfs -o size={megabytes}m tmpfs "$disk" || exit 97; "$@"; rm -f "$disk/ballast"; cp -a "$disk/." "$copy" """, "sh",
        mountPoint, copy,
    ];

    public static bool IsPossible()
    {
        if (!OperatingSystem.IsLinux())
            return false;
        var folder = Directory.CreateTempSubdirectory("disk-").FullName;
        try
        {
            var start = new ProcessStartInfo("unshare") { RedirectStandardError = true };
            foreach (var argument in new[] { "-rm", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder })
                start.ArgumentList.Add(argument);
            using var process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
        finally
        {
            Directory.Delete(folder);
        }
    }

    /// <summary>Takes the last byte.</summary>
    public void Fill()
    {
        var block = new byte[64 << 10];
        using var file = new FileStream(_ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var size = block.Length; size > 0;)
        {
            try
            {
                file.Write(block.AsSpan(0, size));
            }
            catch (IOException)
            {
                size /= 2;
            }
        }
    }

    /// <summary>Gives the space back.</summary>
    public void Free() => File.Delete(_ballast);
}
