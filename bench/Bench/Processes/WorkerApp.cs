using Dapr.Workflow;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bench.Processes;

/// <summary>A workflow worker whose activities do nothing.</summary>
internal static class WorkerApp
{
    public const string Role = "__worker";

    public static async Task RunAsync(string[] args)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new("DAPR_GRPC_PORT", args[0])]);
        builder.Services.AddDaprWorkflow(options =>
        {
            options.RegisterWorkflow<FiveSteps>();
            options.RegisterWorkflow<ThreeStepsAndAWait>();
            options.RegisterActivity<Step>();
        });
        using var host = builder.Build();
        await host.StartAsync();
        await Child.ServeAsync(new Dictionary<string, int>());
        await host.StopAsync();
    }
}

/// <summary>Five activities in sequence.</summary>
internal sealed class FiveSteps : Workflow<int, int>
{
    public override async Task<int> RunAsync(WorkflowContext context, int input)
    {
        for (var i = 0; i < 5; i++)
        {
            input = await context.CallActivityAsync<int>(nameof(Step), input);
        }

        return input;
    }
}

/// <summary>Three activities, then a wait for an event beside a timer of a day, as an order that waits for its approval.</summary>
internal sealed class ThreeStepsAndAWait : Workflow<int, int>
{
    public const string Waiting = "waiting";

    public override async Task<int> RunAsync(WorkflowContext context, int input)
    {
        for (var i = 0; i < 3; i++)
        {
            input = await context.CallActivityAsync<int>(nameof(Step), input);
        }

        context.SetCustomStatus(Waiting);
        return input + await context.WaitForExternalEventAsync<int>("go", TimeSpan.FromDays(1));
    }
}

/// <summary>Adds one.</summary>
internal sealed class Step : WorkflowActivity<int, int>
{
    public override Task<int> RunAsync(WorkflowActivityContext context, int input) => Task.FromResult(input + 1);
}
