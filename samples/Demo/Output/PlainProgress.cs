using System.Diagnostics;
using Demo.Running;

namespace Demo.Output;

/// <summary>One line every two seconds: for logs and pipes.</summary>
internal sealed class PlainProgress(TextWriter output) : IProgressView
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private long _last;

    public void Show(IReadOnlyList<TrackedOrder> orders)
    {
        var done = orders.Count(order => order.IsDone);
        if (done < orders.Count && _last != 0 && Stopwatch.GetElapsedTime(_last) < Pause)
            return;
        _last = Stopwatch.GetTimestamp();
        output.WriteLine($"{orders.Count(order => order.OrderId is not null)} of {orders.Count} orders submitted, {done} ended ({Standing.Of(orders)})");
    }
}
