using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Sidecar.Runtime.Telemetry;

/// <summary>Values of up to four labels; unused ones stay null.</summary>
internal readonly record struct LabelValues(string? A, string? B = null, string? C = null, string? D = null)
{
    public string? this[int index] => index switch { 0 => A, 1 => B, 2 => C, _ => D };
}

/// <summary>Counters of one name, one for each combination of label values; counting allocates nothing once a combination is known.</summary>
public sealed class CounterFamily
{
    private readonly string _name;
    private readonly string[] _labels;
    private readonly ConcurrentDictionary<LabelValues, StrongBox> _counters = new();

    internal CounterFamily(string name, params string[] labels)
    {
        _name = name;
        _labels = labels;
    }

    /// <summary>Counts once for these label values, in the order of the labels.</summary>
    public void Increment(string? a = null, string? b = null, string? c = null, string? d = null) => Add(1, a, b, c, d);

    /// <summary>Counts <paramref name="amount"/> for these label values.</summary>
    public void Add(long amount, string? a = null, string? b = null, string? c = null, string? d = null) =>
        Interlocked.Add(ref _counters.GetOrAdd(new LabelValues(a, b, c, d), static _ => new StrongBox()).Value, amount);

    internal void Write(StringBuilder text, string appId)
    {
        if (_counters.IsEmpty)
            return;
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {_name} counter\n");
        foreach (var (values, counter) in _counters)
        {
            PrometheusText.AppendSeries(text, _name, appId, _labels, values);
            text.Append(CultureInfo.InvariantCulture, $" {Interlocked.Read(ref counter.Value)}\n");
        }
    }

    private sealed class StrongBox
    {
        public long Value;
    }
}

/// <summary>Latency histograms of one name, in milliseconds.</summary>
public sealed class HistogramFamily
{
    /// <summary>Dapr's default buckets.</summary>
    private static readonly double[] s_bounds =
        [1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 65, 80, 100, 130, 160, 200, 250, 300, 400, 500, 650, 800, 1000, 2000, 5000, 10000, 20000, 50000, 100000];

    private readonly string _name;
    private readonly string[] _labels;
    private readonly ConcurrentDictionary<LabelValues, Histogram> _histograms = new();

    internal HistogramFamily(string name, params string[] labels)
    {
        _name = name;
        _labels = labels;
    }

    /// <summary>Takes one duration.</summary>
    public void Observe(TimeSpan duration, string? a = null, string? b = null, string? c = null, string? d = null)
    {
        var histogram = _histograms.GetOrAdd(new LabelValues(a, b, c, d), static _ => new Histogram());
        var milliseconds = duration.TotalMilliseconds;
        var bucket = Array.BinarySearch(s_bounds, milliseconds);
        Interlocked.Increment(ref histogram.Buckets[bucket < 0 ? ~bucket : bucket]);
        Interlocked.Add(ref histogram.Ticks, duration.Ticks);
    }

    internal void Write(StringBuilder text, string appId)
    {
        if (_histograms.IsEmpty)
            return;
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {_name} histogram\n");
        foreach (var (values, histogram) in _histograms)
        {
            long count = 0;
            for (var i = 0; i <= s_bounds.Length; i++)
            {
                count += Interlocked.Read(ref histogram.Buckets[i]);
                var bound = i < s_bounds.Length ? s_bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
                PrometheusText.AppendSeries(text, _name + "_bucket", appId, _labels, values, bound);
                text.Append(CultureInfo.InvariantCulture, $" {count}\n");
            }

            PrometheusText.AppendSeries(text, _name + "_sum", appId, _labels, values);
            text.Append(CultureInfo.InvariantCulture, $" {TimeSpan.FromTicks(Interlocked.Read(ref histogram.Ticks)).TotalMilliseconds}\n");
            PrometheusText.AppendSeries(text, _name + "_count", appId, _labels, values);
            text.Append(CultureInfo.InvariantCulture, $" {count}\n");
        }
    }

    private sealed class Histogram
    {
        public readonly long[] Buckets = new long[s_bounds.Length + 1];
        public long Ticks;
    }
}
