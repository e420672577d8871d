using System.ComponentModel;
using System.Diagnostics;

namespace Deployment.Tests.Rendering;

/// <summary>The one program that renders: kubectl, with kustomize in it. Components came with kubectl 1.21.</summary>
internal static class Kubectl
{
    private static readonly Lazy<string?> s_missing = new(Look);

    /// <summary>Why it cannot be used here, or null.</summary>
    public static string? Missing => s_missing.Value;

    /// <summary>Renders a folder that has a kustomization.</summary>
    /// <exception cref="InvalidOperationException">It cannot be rendered; the message is kubectl's.</exception>
    public static async Task<string> KustomizeAsync(string folder)
    {
        var (code, output, error) = await RunAsync("kustomize", folder);
        return code == 0 ? output : throw new InvalidOperationException($"`kubectl kustomize {folder}` ended with {code}: {error.Trim()}");
    }

    private static string? Look()
    {
        try
        {
            var (code, output, _) = RunAsync("version", "--client", "--output=json").GetAwaiter().GetResult();
            var minor = output.Split("\"minor\": \"") is [_, var rest, ..] ? new string([.. rest.TakeWhile(char.IsAsciiDigit)]) : "0";
            return code != 0 || int.Parse(minor, System.Globalization.CultureInfo.InvariantCulture) < 21 ? "kubectl is older than 1.21; k8s/ cannot be rendered" : null;
        }
        catch (Win32Exception)
        {
            return "kubectl is not installed; k8s/ cannot be rendered (https://kubernetes.io/docs/tasks/tools)";
        }
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("kubectl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}

/// <summary>A test that renders k8s/. Without kubectl it is skipped, saying so; where CI=true it runs, and fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RenderingFactAttribute : FactAttribute
{
    public RenderingFactAttribute() => Skip = RenderingTheoryAttribute.Reason!;
}

/// <inheritdoc cref="RenderingFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RenderingTheoryAttribute : TheoryAttribute
{
    public RenderingTheoryAttribute() => Skip = Reason!;

    internal static string? Reason => Environment.GetEnvironmentVariable("CI") == "true" ? null : Kubectl.Missing;
}
