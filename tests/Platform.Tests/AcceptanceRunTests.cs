using System.Diagnostics;
using System.Text.Json;
using Conformance;

namespace Platform.Tests;

/// <summary><c>./run demo --gateway</c>: the acceptance run of the pipeline, which knows nothing of the platform but its address.</summary>
[Trait(LongSuite.Trait, LongSuite.Name)]
public sealed class AcceptanceRunTests
{
    [Fact]
    public async Task A_platform_that_somebody_else_started_is_accepted_twice_and_each_run_orders_products_of_its_own()
    {
        await using var platform = await RunningPlatform.StartAsync(replicas: 1);
        var folder = Directory.CreateTempSubdirectory("acceptance-").FullName;
        try
        {
            foreach (var run in (string[])["first", "second"])
            {
                var (exitCode, output, errors) = await RunAsync(
                    "--gateway", $"http://127.0.0.1:{platform.Instance("gateway").AppPort}", "--orders", "28", "--json", "--data-dir", Path.Combine(folder, run));

                Assert.True(exitCode == 0, errors);
                var result = JsonDocument.Parse(output.Trim().Split('\n')[^1]).RootElement;
                Assert.Equal((28, 0, "as deployed"), (result.GetProperty("orders").GetInt32(), result.GetProperty("stuck").GetInt32(), result.GetProperty("broker").GetString()));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            await platform.DisposeAsync();
            platform.Forget();
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
