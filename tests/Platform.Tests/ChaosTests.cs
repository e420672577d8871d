using System.Diagnostics;
using System.Text.Json;
using Conformance;

namespace Platform.Tests;

/// <summary>The demo that is shot at while it runs: three services and the host.</summary>
[Trait(LongSuite.Trait, LongSuite.Name)]
public sealed class ChaosTests
{
    [Fact]
    public async Task The_demo_loses_nothing_when_services_and_the_host_are_killed_under_it()
    {
        var folder = Directory.CreateTempSubdirectory("chaos-").FullName;
        try
        {
            var (exitCode, output, errors) = await RunAsync("--orders", "30", "--seed", "3", "--chaos", "--json", "--data-dir", Path.Combine(folder, "demo"));

            Assert.True(exitCode == 0, errors);
            var result = JsonDocument.Parse(output.Trim().Split('\n')[^1]).RootElement;
            Assert.Equal((30, 0), (result.GetProperty("orders").GetInt32(), result.GetProperty("stuck").GetInt32()));
            Assert.True(result.GetProperty("invariants").GetProperty("stock").GetBoolean() && result.GetProperty("invariants").GetProperty("money").GetBoolean(), errors);
            Assert.Equal(4, errors.Split('\n').Count(line => line.Contains("chaos: killed", StringComparison.Ordinal)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = Checkout.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(Checkout.Root, "artifacts", "bin", "Demo", "release", "Demo.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var reading = (Output: process.StandardOutput.ReadToEndAsync(), Errors: process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await reading.Output, await reading.Errors);
    }
}
