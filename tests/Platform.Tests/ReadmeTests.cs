using System.Diagnostics;
using Conformance;

namespace Platform.Tests;

/// <summary>What README.md tells a newcomer to type, typed.</summary>
[Collection(OneReplica.Collection)]
public sealed class ReadmeTests(OneReplica fixture)
{
    private const string GatewayInReadme = "localhost:5080";

    [CurlFact]
    public async Task Every_curl_command_of_the_readme_succeeds()
    {
        var commands = (await File.ReadAllLinesAsync(Path.Combine(Checkout.Root, "README.md")))
            .Where(line => line.StartsWith("curl ", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(commands);
        Assert.All(commands, command => Assert.Contains(GatewayInReadme, command, StringComparison.Ordinal));
        var gateway = $"localhost:{fixture.Platform.Instance("gateway").AppPort}";

        foreach (var command in commands)
        {
            var (exitCode, output) = await RunAsync(command.Replace(GatewayInReadme, gateway, StringComparison.Ordinal));
            Assert.True(exitCode == 0, $"{command}\nended with {exitCode}: {output}");
        }
    }

    [CurlFact(onWindows: false)]
    public async Task The_smoke_test_of_a_deployment_passes_on_a_platform_that_runs()
    {
        var script = Path.Combine(Checkout.Root, "deploy", "smoke");
        var (exitCode, output) = await RunAsync($"bash '{script}' http://localhost:{fixture.Platform.Instance("gateway").AppPort} # ");

        Assert.True(exitCode == 0, output);
        Assert.Equal(2, output.Split('\n').Count(line => line.TrimEnd().EndsWith(" is Completed", StringComparison.Ordinal)));
    }

    private sealed class CurlFactAttribute : FactAttribute
    {
        public CurlFactAttribute(bool onWindows = true)
        {
            if (!onWindows && OperatingSystem.IsWindows())
            {
                Skip = "the scripts of deploy/ are for bash on Linux and macOS";
            }

            var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
            if (!new[] { "sh", "curl" }.All(program => folders.Any(folder => File.Exists(Path.Combine(folder, program)) || File.Exists(Path.Combine(folder, $"{program}.exe")))))
            {
                Skip = "sh and curl are not both installed; the commands of the README cannot be typed";
            }
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string command)
    {
        // The commands are quoted for a POSIX shell; without --fail curl would call an error page a success.
        var start = new ProcessStartInfo("sh") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"{command} --silent --show-error --fail-with-body --max-time 30");
        using var shell = Process.Start(start)!;
        var output = shell.StandardOutput.ReadToEndAsync();
        var errors = shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return (shell.ExitCode, await output + await errors);
    }
}
