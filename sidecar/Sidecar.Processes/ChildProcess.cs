namespace Sidecar.Processes;

/// <summary>What to start.</summary>
/// <param name="Program">Full path of the program.</param>
/// <param name="Arguments">Arguments after the program.</param>
/// <param name="Directory">Working directory.</param>
/// <param name="Environment">The whole environment.</param>
public sealed record ChildCommand(string Program, IReadOnlyList<string> Arguments, string Directory, IReadOnlyDictionary<string, string> Environment);

/// <summary>A started program with everything it starts in turn: one process group on Unix, one job on Windows.</summary>
public abstract class ChildProcess : IDisposable
{
    /// <summary>Process id; on Unix also the id of the group.</summary>
    public abstract int Id { get; }

    /// <summary>Completes when the process has ended; the exit code, or 128 plus the signal that ended it.</summary>
    public abstract Task<int> Exited { get; }

    /// <summary>Asks the whole group to end.</summary>
    public abstract void Terminate();

    /// <summary>Asks the whole group to stop what it does, as Ctrl-C at a terminal.</summary>
    public abstract void Interrupt();

    /// <summary>Ends the whole group at once.</summary>
    public abstract void Kill();

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Starts a program. Its output and its errors come line by line, in order, on a thread of their own.</summary>
    /// <exception cref="ProcessStartException">The system refuses.</exception>
    public static ChildProcess Start(ChildCommand command, Action<string> line) =>
        OperatingSystem.IsWindows() ? new WindowsChildProcess(command, line) : new UnixChildProcess(command, line);
}

/// <summary>A program that cannot be started; the message says how to get it.</summary>
public sealed class ProcessStartException(string message) : Exception(message);
