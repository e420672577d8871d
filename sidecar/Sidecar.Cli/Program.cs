using System.CommandLine;
using Sidecar.Cli.Commands;
using Sidecar.Cli.Daprd;

// `run` drains on its own terms: the library's two seconds would cut that short.
return await CommandTree.Create().Parse(DaprdCommand.WithLongFlags(args)).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
