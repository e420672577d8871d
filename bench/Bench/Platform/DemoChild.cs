using System.Diagnostics;
using System.Text.Json;

namespace Bench.Platform;

/// <summary><c>./run demo --json</c> as a child of the measurement.</summary>
internal sealed class DemoChild : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _said;
    private readonly string _data;

    private DemoChild(Process process, string data)
    {
        _process = process;
        _data = data;
        _said = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The program; null, and a line that says how to get it, when it was not built.</summary>
    public static string? Find()
    {
        var demo = new FileInfo(Path.Combine(AppContext.BaseDirectory, "..", "..", "Demo", "release", "Demo.dll"));
        if (demo.Exists)
            return demo.FullName;
        Console.WriteLine($"  {demo.FullName} is missing; build the platform first: dotnet build platform.slnf -c Release");
        return null;
    }

    /// <summary>Starts it on a data folder of its own, with more options and variables of the environment.</summary>
    public static DemoChild Start(string demo, string data, IEnumerable<string> options, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[demo, "--json", "--data-dir", data, .. options])
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new DemoChild(Process.Start(start)!, data);
    }

    /// <summary>Lines of progress, and the result as the last one.</summary>
    public async IAsyncEnumerable<string> LinesAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
            yield return line;
    }

    /// <summary>What the host of the platform said when every service was healthy.</summary>
    public async Task<JsonElement> ReadyAsync() => JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(_data, "ready.json"))).RootElement;

    /// <summary>Waits for the end, which must be a good one.</summary>
    public async Task<JsonElement> ResultAsync()
    {
        var last = "";
        await foreach (var line in LinesAsync())
            last = line;
        await _process.WaitForExitAsync();
        return _process.ExitCode == 0
            ? JsonDocument.Parse(last).RootElement
            : throw new InvalidOperationException($"the demo ended with {_process.ExitCode}: {await _said}");
    }

    /// <summary>Waits for the end, whatever it is.</summary>
    public async Task EndAsync()
    {
        await foreach (var _ in LinesAsync())
        {
            // Nobody reads what a killed run still says.
        }

        await _process.WaitForExitAsync();
    }

    public void Dispose() => _process.Dispose();
}
