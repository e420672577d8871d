using System.Diagnostics;

namespace ApiConformance;

/// <summary>Runs test suites with CallRecorder loaded into every process, each test class by itself, so that a call is known to be that class's.</summary>
internal sealed class Recording(string root, IReadOnlyList<ApiMethod> methods)
{
    // It asks for everything and checks nothing of what is answered.
    private const string TheOneAboutThis = "ConformancePageTests";

    private static readonly string[] s_suites = ["Sidecar.Tests", "Sdk.Tests", "Workflow.Tests", "Components.Tests", TestedBy.JavaScript];

    private readonly RecordedCalls _calls = new(methods);

    /// <summary>Suites that can be recorded.</summary>
    public static IReadOnlyList<string> Suites => s_suites;

    /// <summary>Records one suite into <paramref name="tested"/>.</summary>
    /// <exception cref="InvalidOperationException">The suite is not built, or a test failed.</exception>
    public async Task RunAsync(string suite, TestedBy tested)
    {
        tested.Forget(suite);
        if (suite == TestedBy.JavaScript)
        {
            foreach (var (file, keys) in await RunAsync("Sidecar.Cli.Tests", "JavaScriptSdkTests", byMark: true))
                tested.Add(suite, file, keys);
            return;
        }

        // Tests wait more than they compute.
        var gate = new Lock();
        var failed = new List<string>();
        await Parallel.ForEachAsync(await ClassesAsync(suite), new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount + 1 }, async (name, _) =>
        {
            try
            {
                var called = await RunAsync(suite, name, byMark: false);
                lock (gate)
                    tested.Add(suite, name, called.Values.SelectMany(keys => keys));
            }
            catch (InvalidOperationException error)
            {
                Console.Error.WriteLine(error.Message);
                lock (gate)
                    failed.Add(name);
            }
        });

        if (failed.Count > 0)
            throw new InvalidOperationException($"{suite}: not recorded, since their tests failed: {string.Join(", ", failed)}");
    }

    private async Task<IReadOnlyList<string>> ClassesAsync(string suite)
    {
        var names = await DotnetAsync(["test", DllOf(suite), "--list-tests", "--nologo"], null);
        return
        [
            .. names.Split('\n').Select(line => line.Trim().Split('(')[0]).Where(name => name.StartsWith(suite + '.', StringComparison.Ordinal))
                .Select(name => name.Split('.')[^2]).Distinct().Where(name => name != TheOneAboutThis).Order(StringComparer.Ordinal),
        ];
    }

    private async Task<Dictionary<string, HashSet<string>>> RunAsync(string suite, string name, bool byMark)
    {
        var folder = Directory.CreateTempSubdirectory("calls-").FullName;
        try
        {
            var started = Stopwatch.GetTimestamp();
            await DotnetAsync(["test", DllOf(suite), "--nologo", "--filter", $"FullyQualifiedName~.{name}.&Suite!=long"], folder);
            var called = _calls.Read(folder, byMark);
            Console.WriteLine($"  {suite}/{name}: {called.Values.SelectMany(keys => keys).Distinct().Count()} methods, {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");
            return called;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private string DllOf(string suite)
    {
        var path = Path.Combine(root, "artifacts", "bin", suite, "release", $"{suite}.dll");
        return File.Exists(path) ? path : throw new InvalidOperationException($"{path} is not there: run ./run conformance without --no-build");
    }

    private static async Task<string> DotnetAsync(string[] arguments, string? recordIn)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (recordIn is not null)
        {
            start.Environment["DOTNET_STARTUP_HOOKS"] = Path.Combine(AppContext.BaseDirectory, "CallRecorder.dll");
            start.Environment["RECORD_SIDECAR_CALLS"] = recordIn;
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} failed:\n{output}\n{await errors}");
    }
}
