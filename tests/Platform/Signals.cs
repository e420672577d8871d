using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Platform;

/// <summary>What a test does to a process from outside.</summary>
public static partial class Signals
{
    private const int Kill = 9;
    private const int TerminateSignal = 15;

    public static void Terminate(Process process)
    {
        if (OperatingSystem.IsWindows())
        {
            process.Kill(entireProcessTree: true);
        }
        else
        {
            _ = Send(process.Id, TerminateSignal);
        }
    }

    public static void KillAtOnce(int pid)
    {
        if (OperatingSystem.IsWindows())
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
        }
        else
        {
            _ = Send(pid, Kill);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int pid, int signal);
}
