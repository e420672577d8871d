using Demo.Output;
using Demo.Planning;
using Demo.Running;
using Spectre.Console;

namespace Demo;

/// <summary>The planned orders against a Gateway, from the first submit to the table at the end.</summary>
internal sealed class PlannedRun(DemoOptions options, IAnsiConsole console)
{
    private static readonly TimeSpan s_auditPatience = TimeSpan.FromSeconds(30);

    /// <summary>Replays, asks the platform whether its books agree, and says the exit code.</summary>
    public async Task<int> PlayAsync(Gateway gateway, DemoPlan plan, Journal journal, CancellationToken cancellationToken)
    {
        using var replay = new Replay(gateway, plan, journal, options);
        if (console.Profile.Capabilities.Interactive && !options.Json)
            await console.Live(new Text("")).StartAsync(display => replay.RunAsync(new LiveProgress(display), cancellationToken));
        else
            await replay.RunAsync(new PlainProgress(console.Profile.Out.Writer), cancellationToken);

        var audit = await Books.CheckAsync(gateway, s_auditPatience, ended: false, cancellationToken);
        var points = await Books.CheckPointsAsync(gateway, s_auditPatience, cancellationToken);
        var costs = await gateway.CostsAsync(cancellationToken);
        var head = journal.Head;
        var result = RunResult.Of(replay.Orders, replay.Elapsed, new Invariants(audit.Stock, audit.Money && audit.Shipments), costs, head.Broker, head.Store) with { Points = points };
        Comparison.Write(console, result, replay.Orders);
        foreach (var detail in audit.Details.Concat(points?.Details ?? []))
            console.MarkupLineInterpolated($"[red]{detail}[/]");
        if (options.Json)
            Console.Out.WriteLine(result.ToJson());
        return result.IsGood && (plan.MaySurprise || replay.Orders.All(order => order.EndedAsPlanned)) ? 0 : 1;
    }
}
