using System.Diagnostics;

namespace Sidecar.Processes;

/// <summary>Signals to processes that this one did not start.</summary>
internal static class ProcessTree
{
    /// <summary>Ends a process and what it started.</summary>
    public static void Kill(int id)
    {
        if (!OperatingSystem.IsWindows() && LibC.Kill(-id, LibC.SignalKill) == 0)
            return;
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            // It ended by itself in the meantime.
        }
    }

    /// <summary>Asks a host to stop, as Ctrl-C does. On Windows, which has no such request between consoles, it is ended.</summary>
    public static void Terminate(int id)
    {
        if (OperatingSystem.IsWindows())
            Kill(id);
        else
            _ = LibC.Kill(id, LibC.SignalTerminate);
    }
}
