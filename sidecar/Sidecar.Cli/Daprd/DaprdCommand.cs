using System.CommandLine;
using System.Reflection;
using Sidecar.Cli.Commands;
using Sidecar.Cli.Output;
using Sidecar.Cli.Running;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;

namespace Sidecar.Cli.Daprd;

/// <summary><c>sidecar daprd</c>: one sidecar under daprd's flags.</summary>
internal static class DaprdCommand
{
    public static Command Create()
    {
        var options = new DaprdOptions();
        var command = new Command("daprd", "Run one sidecar in the foreground under daprd's flags: for what starts daprd itself, such as an IDE, Compose or Aspire");
        foreach (var option in options.All)
        {
            command.Options.Add(option);
        }

        command.SetAction((given, cancellation) => RunAsync(given, options, cancellation));
        return command;
    }

    /// <summary>daprd takes its flags with one dash too.</summary>
    public static string[] WithLongFlags(string[] args) =>
        args is ["daprd", .. var flags] ? ["daprd", .. flags.Select(flag => flag is ['-', not '-', _, ..] ? $"-{flag}" : flag)] : args;

    private static async Task<int> RunAsync(ParseResult given, DaprdOptions options, CancellationToken cancellationToken)
    {
        var output = given.InvocationConfiguration.Output;
        var build = typeof(DaprdCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        if (given.GetValue(options.Version))
        {
            output.WriteLine(SidecarHost.DaprVersion);
            return 0;
        }

        if (given.GetValue(options.BuildInfo))
        {
            output.WriteLine($"Version: {SidecarHost.DaprVersion}\nGit Commit: none, an embedded sidecar\nGit Version: {build}");
            return 0;
        }

        if (given.GetValue(options.Wait))
            return await OutboundWait.RunAsync(given.GetValue(options.HttpPort), output, TimeProvider.System, cancellationToken);

        var console = RunConsole.ForProcess();
        foreach (var line in options.Notes.Deprecations(given))
            console.Warn(line);
        try
        {
            using var run = new DaprdRun(DaprdSettings.Of(given, options), console, given.GetValue(RootOptions.LogAsJson), TimeProvider.System);
            using var signals = new StopSignals(run.Reload);
            return await run.RunAsync(signals.Stopping);
        }
        catch (Exception error) when (error is RunException or ResourceException)
        {
            console.Warn(error.Message);
            return 1;
        }
    }
}
