using System.Diagnostics;
using Bench.Processes;
using Dapr.Workflow;
using Dapr.Workflow.Registration;

namespace Bench.Workflows;

/// <summary>
/// A workflow of five activities that do nothing, 200 at once. The baseline is the same workflow on the in-memory store: what is left is the price of durability.
/// Goals: 150 finished/s on SQLite with none refused, 250 in memory, a single idle one under 15 ms.
/// </summary>
internal static class FiveActivities
{
    public static async Task RunAsync(Report report)
    {
        var memory = await MeasureAsync("state.in-memory", report.Duration, null);
        await MeasureAsync("state.sqlite", report.Duration, memory);
    }

    private static async Task<double> MeasureAsync(string store, TimeSpan duration, double? baseline)
    {
        await using var sidecars = await Child.StartAsync(SidecarsProcess.Role, "0", store);
        await using var worker = await Child.StartAsync(WorkerApp.Role, $"{sidecars.Ports["grpc"]}");
        await using var client = Client(sidecars.Ports["grpc"]);
        await FinishAsync(client);

        await ClosedLoop.RunAsync(200, duration / 2, (_, _) => FinishAsync(client));
        var loaded = await ClosedLoop.RunAsync(200, duration, (_, _) => FinishAsync(client));
        var alone = await ClosedLoop.RunAsync(1, duration / 2, (_, _) => FinishAsync(client));
        var ratio = baseline is { } b ? $"x {loaded.PerSecond / b:0.00}" : "baseline";
        Console.WriteLine($"  {store,-20} 200 at once {loaded.PerSecond,7:0} finished/s   one alone p50 {alone.P50:0.0} ms p99 {alone.P99:0.0} ms   {sidecars.ResidentMegabytes:0} MB   {ratio}");
        return loaded.PerSecond;
    }

    private static DaprWorkflowClient Client(int grpcPort)
    {
        var builder = new DaprWorkflowClientBuilder();
        builder.UseGrpcEndpoint($"http://127.0.0.1:{grpcPort}");
        return builder.Build();
    }

    private static async ValueTask FinishAsync(DaprWorkflowClient client)
    {
        var id = await client.ScheduleNewWorkflowAsync(nameof(Processes.FiveSteps), Guid.NewGuid().ToString("N"), 0);
        var state = await client.WaitForWorkflowCompletionAsync(id);
        if (state.ReadOutputAs<int>() != 5)
        {
            throw new UnreachableException($"workflow {id} ended as {state.RuntimeStatus} with {state.ReadOutputAs<int>()}");
        }
    }
}
