using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Sidecar.Processes;
using Sidecar.Cli.Running;
using Sidecar.Cli.Tests.Processes;

namespace Sidecar.Cli.Tests.Running;

/// <summary>The command as a person runs it: a process of its own.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly StringBuilder _output = new();
    private readonly Process _process;

    public HostProcess(string directory, params string[] arguments)
        : this(directory, [], arguments)
    {
    }

    private HostProcess(string directory, IReadOnlyList<string> wrapper, IReadOnlyList<string> arguments)
    {
        string[] command = [.. wrapper, Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet", typeof(RunException).Assembly.Location, .. arguments];
        var start = new ProcessStartInfo(command[0])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var argument in command[1..])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["HOME"] = directory;
        start.Environment["DOTNET_gcServer"] = "0";
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Remember(line.Data);
        _process.ErrorDataReceived += (_, line) => Remember(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The command under another program, which gets it as its last arguments.</summary>
    public static HostProcess Under(string directory, IReadOnlyList<string> wrapper, params string[] arguments) => new(directory, wrapper, arguments);

    public int Id => _process.Id;

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public Task PrintsAsync(string text) => Until.TrueAsync(
        () => Output.Contains(text, StringComparison.Ordinal) || (_process.HasExited && SaidAtTheEnd(text)), $"'{text}' in:\n{Output}");

    /// <summary>Its last lines may still be on their way when it has ended.</summary>
    private bool SaidAtTheEnd(string text)
    {
        _process.WaitForExit();
        return Output.Contains(text, StringComparison.Ordinal) ? true : throw new InvalidOperationException($"ended without '{text}':\n{Output}");
    }

    public async Task<ReadyRun> ReadyAsync(string file, Func<ReadyRun, bool>? condition = null)
    {
        ReadyRun? ready = null;
        await Until.TrueAsync(
            () => !_process.HasExited
                ? File.Exists(file) && (ready = JsonSerializer.Deserialize<ReadyRun>(File.ReadAllText(file), JsonSerializerOptions.Web)) is not null && (condition?.Invoke(ready) ?? true)
                : throw new InvalidOperationException($"ended before it was ready:\n{Output}"),
            "the ready file");
        return ready!;
    }

    public void Terminate() => ProcessTree.Terminate(Id);

    public void Kill() => _process.Kill();

    public async Task<int> ExitedAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"the host has not ended after three minutes; it said:\n{Output}");
        }

        return _process.ExitCode;
    }

    /// <summary>Waits for the last of its output, once it has ended.</summary>
    public Task ReadToEndAsync() => Task.Run(_process.WaitForExit);

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private void Remember(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
