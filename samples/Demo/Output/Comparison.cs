using System.Globalization;
using Demo.Running;
using Spectre.Console;

namespace Demo.Output;

/// <summary>The table at the end of a run: both styles side by side.</summary>
internal static class Comparison
{
    public static void Write(IAnsiConsole console, RunResult result, IReadOnlyList<TrackedOrder> orders)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("");
        foreach (var style in result.Styles.Keys)
            table.AddColumn(new TableColumn(style).RightAligned());
        foreach (var end in Standing.Ends)
            Row(end.ToString(), style => style.Ended[end.ToString()].ToString(CultureInfo.InvariantCulture));
        Row("time to the end, p50", style => Milliseconds(style.P50Ms));
        Row("time to the end, p95", style => Milliseconds(style.P95Ms));
        Row("time to the end, p99", style => Milliseconds(style.P99Ms));
        Row("messages per order", style => Number(style.MessagesPerOrder));
        Row("calls per order", style => Number(style.CallsPerOrder));
        Row("retries per order", style => Number(style.RetriesPerOrder));
        Row("compensations per order", style => Number(style.CompensationsPerOrder));
        if (result.Points is { } points)
        {
            foreach (var (name, value) in ((string, Func<StylePoints, int>)[])[("points earned", style => style.Earned), ("points taken back", style => style.TakenBack)])
                table.AddRow([name, .. result.Styles.Keys.Select(style => points.Styles.TryGetValue(style, out var sum) ? value(sum).ToString("N0", CultureInfo.InvariantCulture) : "0")]);
        }

        console.Write(table);
        console.MarkupLine("[grey]Time to the end leaves out orders that waited for a person. Returns come after the end.[/]");
        console.MarkupLineInterpolated($"{result.Orders} orders, {result.OrdersPerSecond:0.0} per second, broker {result.Broker}, store {result.Store}");
        console.MarkupLine($"stock adds up: {Verdict(result.Invariants.Stock)}   money agrees with the provider's and the carrier's books: {Verdict(result.Invariants.Money)}   "
            + $"stuck: {(result.Stuck == 0 ? "[green]0[/]" : $"[red]{result.Stuck}[/]")}");
        console.MarkupLine(result.Points is null
            ? "[grey]Loyalty, the service in TypeScript, was not there: it needs Node.js.[/]"
            : $"points of the service in TypeScript agree with what was paid: {Verdict(result.Points.Agree)}");
        foreach (var order in orders.Where(order => !order.IsDone).Take(10))
            console.MarkupLineInterpolated($"[red]stuck[/] order {order.Planned.Number} ({order.Planned.Style}, {order.Planned.Fate}) {order.OrderId ?? "not submitted"}: {order.Last?.State.ToString() ?? "unknown"}");
        foreach (var order in orders.Where(order => order.IsDone && !order.EndedAsPlanned).Take(10))
            console.MarkupLineInterpolated($"[yellow]surprise[/] order {order.Planned.Number} ({order.Planned.Style}, {order.Planned.Fate}) {order.OrderId} ended as {order.Last!.State}");

        void Row(string name, Func<StyleResult, string> value) => table.AddRow([name, .. result.Styles.Values.Select(value)]);
    }

    private static string Verdict(bool holds) => holds ? "[green]yes[/]" : "[red]NO[/]";

    private static string Milliseconds(double value) => value.ToString("N0", CultureInfo.InvariantCulture) + " ms";

    private static string Number(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
