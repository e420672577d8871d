using System.ComponentModel;
using System.Diagnostics;
using Deployment.Tests.Files;

namespace Deployment.Tests.Images;

/// <summary>A test that pushes an image. Without skopeo it is skipped, saying so; where CI=true it runs, and fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SkopeoFactAttribute : FactAttribute
{
    public SkopeoFactAttribute()
    {
        if (OperatingSystem.IsWindows())
            Skip = BashFactAttribute.Reason;
        else if (Environment.GetEnvironmentVariable("CI") != "true" && !IsInstalled())
            Skip = "skopeo is not installed; no image is pushed";
    }

    private static bool IsInstalled()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("skopeo", ["--version"]) { RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
