using System.Globalization;
using Demo.Running;
using Ordering.Contracts;
using Spectre.Console;

namespace Demo.Output;

/// <summary>A table that is redrawn in place: for a terminal.</summary>
internal sealed class LiveProgress(LiveDisplayContext display) : IProgressView
{
    public void Show(IReadOnlyList<TrackedOrder> orders)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("orders").AddColumn("planned").AddColumn("submitted").AddColumn("under way");
        foreach (var end in Standing.Ends)
            table.AddColumn(Colour(end));
        table.Columns.Skip(1).ToList().ForEach(column => column.RightAligned());
        foreach (var style in orders.GroupBy(order => order.Planned.Style))
        {
            var submitted = style.Count(order => order.OrderId is not null);
            table.AddRow(
            [
                style.Key.ToString(), Text(style.Count()), Text(submitted), Text(submitted - style.Count(order => order.IsDone)),
                .. Standing.Ends.Select(end => Text(Standing.Count(style, end))),
            ]);
        }

        display.UpdateTarget(table);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Colour(OrderState end) => end switch
    {
        OrderState.Completed => "[green]Completed[/]",
        OrderState.Rejected => "[red]Rejected[/]",
        OrderState.Cancelled => "[yellow]Cancelled[/]",
        _ => "[blue]Refunded[/]",
    };
}
