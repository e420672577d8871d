using System.Diagnostics;
using Demo.Running;

namespace Demo.Output;

/// <summary>At most one line every two seconds, and only when something has changed: for logs and pipes.</summary>
internal sealed class PlainProgress(TextWriter output) : IProgressView
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private long _last;
    private string _lastLine = "";

    public void Show(IReadOnlyList<TrackedOrder> orders)
    {
        var done = orders.Count(order => order.IsDone);
        if (done < orders.Count && _last != 0 && Stopwatch.GetElapsedTime(_last) < Pause)
            return;
        var line = $"{orders.Count(order => order.OrderId is not null)} of {orders.Count} orders submitted, {done} ended ({Standing.Of(orders)})";
        if (line == _lastLine)
            return;
        _last = Stopwatch.GetTimestamp();
        _lastLine = line;
        output.WriteLine(line);
    }
}
