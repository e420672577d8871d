using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace Bench.Platform;

/// <summary><c>./run demo --json</c> as a child of the measurement.</summary>
internal sealed class DemoChild : IDisposable
{
    private readonly Process _process;
    private readonly Channel<string> _progress = Channel.CreateUnbounded<string>();
    private readonly Queue<string> _said = new();
    private readonly Task _listening;
    private readonly string _data;

    private DemoChild(Process process, string data)
    {
        _process = process;
        _data = data;
        _listening = ListenAsync();
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

    /// <summary>What it says while it runs; with <c>--json</c> that goes to standard error.</summary>
    public IAsyncEnumerable<string> ProgressAsync() => _progress.Reader.ReadAllAsync();

    /// <summary>What the host of the platform said when every service was healthy.</summary>
    public async Task<JsonElement> ReadyAsync() => JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(_data, "ready.json"))).RootElement;

    /// <summary>Waits for the end, which must be a good one.</summary>
    public async Task<JsonElement> ResultAsync()
    {
        var output = await _process.StandardOutput.ReadToEndAsync();
        await EndAsync();
        return _process.ExitCode == 0
            ? JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement
            : throw new InvalidOperationException($"the demo ended with {_process.ExitCode}: {string.Join('\n', _said)}");
    }

    /// <summary>Waits for the end, whatever it is.</summary>
    public async Task EndAsync()
    {
        await _process.WaitForExitAsync();
        await _listening;
    }

    public void Dispose() => _process.Dispose();

    private async Task ListenAsync()
    {
        const int kept = 30;
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            _said.Enqueue(line);
            if (_said.Count > kept)
                _said.Dequeue();
            _progress.Writer.TryWrite(line);
        }

        _progress.Writer.TryComplete();
    }
}
