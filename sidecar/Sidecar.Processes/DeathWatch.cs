using System.Globalization;
using System.IO.Pipes;

namespace Sidecar.Processes;

/// <summary>
/// Ends the apps when the host dies without a word. On Unix a small shell process holds the reading end of a pipe: whatever kills the host closes
/// the other end, and the shell kills the process groups it was told of. On Windows a job object does the same.
/// </summary>
public abstract class DeathWatch : IDisposable
{
    /// <summary>Starts the watch for this process.</summary>
    public static DeathWatch Start() => OperatingSystem.IsWindows() ? new JobWatch() : new ShellWatch();

    /// <summary>The app is to die with the host.</summary>
    public abstract void Add(ChildProcess child);

    /// <summary>The app has ended: its id may soon be somebody else's.</summary>
    public abstract void Remove(ChildProcess child);

    /// <summary>Ends the watch; nothing is killed.</summary>
    public abstract void Dispose();

    private sealed class ShellWatch : DeathWatch
    {
        // A line "+ 12" adds a group, "- 12" takes it away, "." ends the watch; the end of input without "." is the death of the host.
        private const string Script = """
            trap '' INT TERM HUP
            groups=" "
            while read -r sign group; do
              case "$sign" in
                +) groups="$groups$group " ;;
                -) case "$groups" in *" $group "*) groups="${groups%% "$group" *} ${groups#* "$group" }" ;; esac ;;
                .) exit 0 ;;
              esac
            done
            for group in $groups; do kill -9 "-$group"; done 2>/dev/null
            """;

        private readonly AnonymousPipeServerStream _pipe = new(PipeDirection.Out, HandleInheritability.None);
        private readonly StreamWriter _orders;
        private readonly Lock _gate = new();
        private readonly int _process;

        public ShellWatch()
        {
            var shell = new ChildCommand("/bin/sh", ["-c", Script], "/", new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" });
            _process = UnixSpawner.Start(shell, LibC.Descriptor(_pipe.ClientSafePipeHandle), output: null);
            _pipe.DisposeLocalCopyOfClientHandle();
            _orders = new StreamWriter(_pipe) { AutoFlush = true, NewLine = "\n" };
        }

        public override void Add(ChildProcess child) => Tell($"+ {child.Id.ToString(CultureInfo.InvariantCulture)}");

        public override void Remove(ChildProcess child) => Tell($"- {child.Id.ToString(CultureInfo.InvariantCulture)}");

        public override void Dispose()
        {
            Tell(".");
            _orders.Dispose();
            _ = LibC.WaitProcess(_process, out _, 0);
        }

        private void Tell(string order)
        {
            lock (_gate)
            {
                _orders.WriteLine(order);
            }
        }
    }

    private sealed class JobWatch : DeathWatch
    {
        private readonly WindowsJob _job = new();

        public override void Add(ChildProcess child) => _job.Add(child.Id);

        public override void Remove(ChildProcess child)
        {
            // The job forgets a process that has ended by itself.
        }

        public override void Dispose() => _job.Dispose();
    }
}
