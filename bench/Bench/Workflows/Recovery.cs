using System.Diagnostics;
using Bench.Processes;
using Dapr.Workflow;
using Dapr.Workflow.Registration;

namespace Bench.Workflows;

/// <summary>
/// How long a host needs to take up 10,000 workflows that wait for an event and a timer, after the host before it was killed with SIGKILL. Goal: under 10 s from the start
/// of the process to the first answer, which comes when all of them were read. The baseline is the start of a host without workflows.
/// </summary>
internal static class Recovery
{
    private const int Instances = 10_000;
    private const int Callers = 200;

    public static async Task RunAsync(Report report)
    {
        var empty = Directory.CreateTempSubdirectory("bench-").FullName;
        var full = Directory.CreateTempSubdirectory("bench-").FullName;
        try
        {
            var (baseline, host) = await StartAsync(empty);
            await host.DisposeAsync();
            Console.WriteLine($"  empty host, process start to first answer        {baseline.TotalSeconds,6:0.00} s   baseline");

            await FillAsync(full);
            var (recovered, again) = await StartAsync(full);
            Console.WriteLine($"  {Instances:N0} live workflows, the same              {recovered.TotalSeconds,6:0.00} s   {again.ResidentMegabytes:0} MB");
            await FinishAsync(again);
            await again.DisposeAsync();
        }
        finally
        {
            Directory.Delete(empty, recursive: true);
            Directory.Delete(full, recursive: true);
        }
    }

    private static async Task<(TimeSpan Taken, Child Host)> StartAsync(string folder)
    {
        var started = Stopwatch.GetTimestamp();
        var host = await Child.StartAsync(SidecarsProcess.Role, "0", "state.sqlite", folder);
        await using var client = ClientOf(host);
        await client.GetWorkflowStateAsync(Id(0));
        return (Stopwatch.GetElapsedTime(started), host);
    }

    private static async Task FillAsync(string folder)
    {
        var host = await Child.StartAsync(SidecarsProcess.Role, "0", "state.sqlite", folder);
        await using (var worker = await Child.StartAsync(WorkerApp.Role, $"{host.Ports["grpc"]}"))
        {
            await using var client = ClientOf(host);
            await ForEachAsync(id => client.ScheduleNewWorkflowAsync(nameof(ThreeStepsAndAWait), id, 0));
            await ForEachAsync(async id =>
            {
                while ((await client.GetWorkflowStateAsync(id))?.ReadCustomStatusAs<string>() != ThreeStepsAndAWait.Waiting)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(20));
                }
            });
            await host.KillAsync();
        }

        await host.DisposeAsync();
    }

    /// <summary>They live: each takes its event and ends with what it knew before.</summary>
    private static async Task FinishAsync(Child host)
    {
        await using var worker = await Child.StartAsync(WorkerApp.Role, $"{host.Ports["grpc"]}");
        await using var client = ClientOf(host);
        var started = Stopwatch.GetTimestamp();
        await ForEachAsync(async id =>
        {
            await client.RaiseEventAsync(id, "go", 4);
            var state = await client.WaitForWorkflowCompletionAsync(id);
            if (state.ReadOutputAs<int>() != 7)
            {
                throw new UnreachableException($"workflow {id} ended as {state.RuntimeStatus} with {state.ReadOutputAs<int>()}");
            }
        });
        Console.WriteLine($"  all of them ended by their events                {Stopwatch.GetElapsedTime(started).TotalSeconds,6:0.00} s");
    }

    private static Task ForEachAsync(Func<string, Task> action) => Parallel.ForEachAsync(
        Enumerable.Range(0, Instances), new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (i, _) => await action(Id(i)));

    private static string Id(int number) => $"order-{number:00000}";

    private static DaprWorkflowClient ClientOf(Child host)
    {
        var builder = new DaprWorkflowClientBuilder();
        builder.UseGrpcEndpoint($"http://127.0.0.1:{host.Ports["grpc"]}");
        return builder.Build();
    }
}
