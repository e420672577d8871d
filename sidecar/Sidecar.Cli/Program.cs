using System.CommandLine;
using Sidecar.Cli.Commands;
using Sidecar.Cli.Workflows;

var root = new RootCommand("An embedded, Dapr-compatible sidecar: runs apps of a dapr.yaml with their sidecars in one process, without daprd, Docker or a broker.")
{
    RunCommand.Create(),
    ListCommand.Create(),
    StopCommand.Create(),
    WorkflowsCommand.Create(),
    ServerCommand.Create(),
    StreamsCommand.Create(),
    MessagesCommand.Create(),
};
// `run` drains on its own terms: the library's two seconds would cut that short.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
