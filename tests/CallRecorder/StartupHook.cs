using System.Diagnostics;

/// <summary>
/// What .NET runs before a program's own code when <c>DOTNET_STARTUP_HOOKS</c> names this assembly. Every call that a sidecar of the process tells of becomes a line of a file
/// in the folder <c>RECORD_SIDECAR_CALLS</c>, one file for each process, with the process's command line on top.
/// </summary>
#pragma warning disable CA1050 // .NET looks for this name outside any namespace
internal static class StartupHook
#pragma warning restore CA1050
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable("RECORD_SIDECAR_CALLS") is { Length: > 0 } folder)
            DiagnosticListener.AllListeners.Subscribe(new Listeners(new CallFile(folder)));
    }

    private sealed class Listeners(CallFile file) : IObserver<DiagnosticListener>
    {
        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Sidecar.Calls")
                value.Subscribe(file);
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }

    private sealed class CallFile(string folder) : IObserver<KeyValuePair<string, object?>>
    {
        private readonly Lock _gate = new();
        private readonly string _path = Path.Combine(folder, $"{Environment.ProcessId}-{Guid.NewGuid():N}.calls");
        private readonly HashSet<string> _written = [];

        public void OnNext(KeyValuePair<string, object?> value)
        {
            var line = $"{value.Value}";
            lock (_gate)
            {
                // A call that repeats says nothing new until another file of checks begins.
                if (line.Contains("/v1.0/metadata/", StringComparison.Ordinal))
                    _written.Clear();
                if (!_written.Add(line))
                    return;
                if (!File.Exists(_path))
                    File.AppendAllText(_path, $"# {Environment.CommandLine}\n");
                File.AppendAllText(_path, line + "\n");
            }
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}
