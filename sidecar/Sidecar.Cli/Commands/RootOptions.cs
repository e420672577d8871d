using System.CommandLine;

namespace Sidecar.Cli.Commands;

/// <summary>Options that dapr has on every command.</summary>
internal static class RootOptions
{
    public static Option<bool> LogAsJson { get; } = new("--log-as-json") { Description = "Status lines as JSON; with daprd its log too", Recursive = true };

    public static Option<string?> RuntimePath { get; } = new("--runtime-path") { Description = "Accepted for dapr's sake: there is no daprd to find", HelpName = "folder", Recursive = true };
}
