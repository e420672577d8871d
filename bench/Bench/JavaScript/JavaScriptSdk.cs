using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Bench.JavaScript;

/// <summary>
/// Every building block through the official JavaScript SDK, as an app that <c>sidecar run</c> starts; state and actors on SQLite, events on the embedded broker, all flushed. The baseline is the
/// same client on a server of Node.js that does nothing but answer.
/// </summary>
internal static class JavaScriptSdk
{
    private sealed record Figure(string Transport, string Name, int Callers, double PerSecond, double P50, double P99);

    public static async Task RunAsync(Report report)
    {
        var cli = new FileInfo(Path.Combine(AppContext.BaseDirectory, "..", "..", "Sidecar.Cli", "release", "Sidecar.Cli.dll"));
        if (!cli.Exists)
        {
            Console.WriteLine($"  {cli.FullName} is missing; build the platform first: dotnet build platform.slnf -c Release");
            return;
        }

        var folder = Directory.CreateTempSubdirectory("bench-js-").FullName;
        try
        {
            foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "js")))
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            await RunAsync(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["ci", "--ignore-scripts", "--no-fund", "--no-audit"], folder, report);
            await RunAsync("dotnet", [cli.FullName, "run", "--app-id", "bench", "--app-port", FreePort(), "--resources-path", ".", "--", "node", "app.mjs"], folder, report);
            Print([.. File.ReadLines(Path.Combine(folder, "results.jsonl")).Select(line => JsonSerializer.Deserialize<Figure>(line, JsonSerializerOptions.Web)!)]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Print(IReadOnlyList<Figure> figures)
    {
        foreach (var figure in figures)
        {
            var baseline = figures.First(other => other.Name == "baseline" && other.Transport == figure.Transport && other.Callers == figure.Callers);
            var ratio = figure == baseline ? "baseline" : $"x {figure.PerSecond / baseline.PerSecond:0.00}";
            Console.WriteLine($"  {figure.Transport} {figure.Name,-42} {figure.Callers,3} callers {figure.PerSecond,9:N0}/s  p50 {figure.P50,7:0.000}  p99 {figure.P99,7:0.000} ms  {ratio}");
        }
    }

    private static async Task RunAsync(string program, string[] arguments, string folder, Report report)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["HOME"] = folder;
        start.Environment["BENCH_SECONDS"] = report.Duration.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start");
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}\n{await errors}");
    }

    private static string FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }
}
