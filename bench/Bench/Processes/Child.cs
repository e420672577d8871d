using System.Diagnostics;
using System.Text.Json;

namespace Bench.Processes;

/// <summary>
/// A part of a measurement that must not share a process with the load: this program started again in a role. It says on one line where it listens, and ends when its
/// standard input closes, so that it cannot outlive the measurement.
/// </summary>
internal sealed class Child : IAsyncDisposable
{
    private readonly Process _process;

    private Child(Process process, IReadOnlyDictionary<string, int> ports)
    {
        _process = process;
        Ports = ports;
    }

    /// <summary>Ports by name.</summary>
    public IReadOnlyDictionary<string, int> Ports { get; }

    /// <summary>Processor time used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Resident memory in megabytes.</summary>
    public double ResidentMegabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1048576.0;
        }
    }

    public static async Task<Child> StartAsync(string role, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])[typeof(Child).Assembly.Location, role, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"the {role} process ended before it was ready");
        return new Child(process, JsonSerializer.Deserialize<Dictionary<string, int>>(line)!);
    }

    /// <summary>Says where this child listens, and waits for the parent to be done.</summary>
    public static async Task ServeAsync(IReadOnlyDictionary<string, int> ports)
    {
        Console.WriteLine(JsonSerializer.Serialize(ports));
        await Console.In.ReadToEndAsync();
    }

    /// <summary>Ends it as a crash would (SIGKILL).</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
