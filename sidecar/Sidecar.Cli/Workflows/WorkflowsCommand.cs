using System.CommandLine;
using Dapr.Protocol.Grpc;
using Sidecar.Cli.Running;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Cli.Workflows;

/// <summary><c>sidecar workflows</c>: what <c>dapr workflow</c> does, on the runs of this CLI.</summary>
internal static class WorkflowsCommand
{
    public static Command Create()
    {
        var place = new WorkflowPlace();
        var command = new Command("workflows", "Look at workflow instances and manage them")
        {
            ReadWorkflows.List(place),
            ReadWorkflows.Show(place),
            ReadWorkflows.History(place),
            ChangeWorkflows.Terminate(place),
            ChangeWorkflows.Suspend(place),
            ChangeWorkflows.Resume(place),
            ChangeWorkflows.RaiseEvent(place),
            ChangeWorkflows.Purge(place),
        };
        command.Aliases.Add("workflow");
        command.Aliases.Add("work");
        place.AddTo(command);
        return command;
    }

    /// <summary>Runs a command whose failures are one sentence to a person.</summary>
    public static async Task<int> TryAsync(ParseResult given, Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception error) when (error is RunException or ResourceException or ComponentException)
        {
            return Fail(error.Message);
        }
        catch (GrpcException refused)
        {
            return Fail(refused.StatusCode switch
            {
                GrpcStatusCode.DeadlineExceeded => "the workflow has not got there within 30 s; the request is saved and is carried out once the app's worker is connected",
                GrpcStatusCode.Unauthenticated => "the sidecar wants its API token: put it into the environment as DAPR_API_TOKEN",
                GrpcStatusCode.Unavailable => $"the sidecar cannot be reached: {refused.Detail}",
                _ when refused.StatusCode == GrpcStatusCode.NotFound || refused.Detail == "no such instance exists" => "there is no such workflow instance; `sidecar workflows list` shows what there is",
                _ => refused.Detail,
            });
        }

        int Fail(string problem)
        {
            given.InvocationConfiguration.Error.WriteLine(problem);
            return 1;
        }
    }
}
