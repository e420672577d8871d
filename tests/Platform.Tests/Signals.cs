using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Platform.Tests;

/// <summary>What a test does to a process from outside.</summary>
internal static partial class Signals
{
    private const int Kill = 9;
    private const int TerminateSignal = 15;
    private const int Continue = 18;
    private const int Stop = 19;

    /// <summary>False on Windows, where a process cannot be paused and taken up again.</summary>
    public static bool CanPause => !OperatingSystem.IsWindows();

    public static void Terminate(Process process)
    {
        if (OperatingSystem.IsWindows())
        {
            process.Kill(entireProcessTree: true);
        }
        else
        {
            Send(process.Id, TerminateSignal);
        }
    }

    /// <summary>Makes a process deaf and mute, as a machine that hangs.</summary>
    public static void Pause(int pid) => Send(pid, Stop);

    public static void Resume(int pid) => Send(pid, Continue);

    public static void KillAtOnce(int pid)
    {
        if (OperatingSystem.IsWindows())
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
        }
        else
        {
            Send(pid, Kill);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int pid, int signal);
}
