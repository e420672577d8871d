using System.Diagnostics;

namespace Protocol.Tests.JavaScript;

/// <summary>A test that needs node and npm. Without them it is skipped, saying so; where CI=true it runs, and fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute()
    {
        if (!IsInstalled.Value && Environment.GetEnvironmentVariable("CI") != "true")
            Skip = "node and npm are not installed; the official JavaScript packages cannot be tried";
    }

    private static readonly Lazy<bool> IsInstalled = new(() => Runs("node") && Runs(OperatingSystem.IsWindows() ? "npm.cmd" : "npm"));

    private static bool Runs(string program)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, "--version") { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
