using System.Diagnostics;

namespace Sidecar.Processes;

/// <summary>A child on Windows. The job of <see cref="DeathWatch"/> holds it and all it starts.</summary>
internal sealed class WindowsChildProcess : ChildProcess
{
    private readonly Process _process;

    public WindowsChildProcess(ChildCommand command, Action<string> line)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            WorkingDirectory = command.Directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, text) => Forward(text.Data);
        _process.ErrorDataReceived += (_, text) => Forward(text.Data);
        try
        {
            _process.Start();
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new ProcessStartException($"'{command.Program}' cannot be started in '{command.Directory}': {error.Message}");
        }

        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Exited = WaitAsync();

        void Forward(string? text)
        {
            if (text is not null)
                line(text);
        }
    }

    public override int Id => _process.Id;

    public override Task<int> Exited { get; }

    // Windows has no signal that asks a program without a window to end: the app's own shutdown cannot be awaited there.
    public override void Terminate() => Kill();

    public override void Interrupt() => Kill();

    public override void Kill()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
    }

    public override void Dispose() => _process.Dispose();

    private async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }
}
