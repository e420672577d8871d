using System.Diagnostics;
using System.Globalization;

namespace Sidecar.Processes;

/// <summary>A process beyond doubt: ids are used again, so the moment it started belongs to it.</summary>
/// <param name="Id">Process id.</param>
/// <param name="StartedAt">When it started, in the system's own count: equal texts mean the same process.</param>
public sealed record ProcessIdentity(int Id, string StartedAt)
{
    /// <summary>This process.</summary>
    public static ProcessIdentity Current => Of(Environment.ProcessId) ?? throw new InvalidOperationException("the own process cannot be read");

    /// <summary>True while exactly this process runs.</summary>
    public bool IsAlive => Of(Id) == this;

    /// <summary>The process that has this id now, or null.</summary>
    public static ProcessIdentity? Of(int id)
    {
        if (OperatingSystem.IsLinux())
            return LinuxStart(id) is { } start ? new ProcessIdentity(id, start) : null;
        try
        {
            using var process = Process.GetProcessById(id);
            return new ProcessIdentity(id, process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static string? LinuxStart(int id)
    {
        try
        {
            // Field 22, counted after the name, which may hold blanks and brackets; field 3 tells a zombie, which is as good as ended.
            var stat = File.ReadAllText($"/proc/{id.ToString(CultureInfo.InvariantCulture)}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : $"{BootId()}/{fields[19]}";
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string BootId() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
}
