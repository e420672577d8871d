using System.CommandLine;
using Sidecar.Cli.Daprd;
using Sidecar.Cli.Workflows;

namespace Sidecar.Cli.Commands;

/// <summary>Every command there is: dapr's first, then what dapr has no counterpart for.</summary>
internal static class CommandTree
{
    public static RootCommand Create()
    {
        var root = new RootCommand("An embedded, Dapr-compatible sidecar: runs apps of a dapr.yaml with their sidecars in one process, without daprd, Docker or a broker.")
        {
            RunCommand.Create(),
            ListCommand.Create(),
            StopCommand.Create(),
            InvokeCommand.Create(),
            PublishCommand.Create(),
            WorkflowsCommand.Create(),
            DaprdCommand.Create(),
            ServerCommand.Create(),
            StreamsCommand.Create(),
            MessagesCommand.Create(),
        };
        root.Options.Add(RootOptions.LogAsJson);
        root.Options.Add(RootOptions.RuntimePath);
        return root;
    }
}
