using System.Buffers;
using System.Globalization;

namespace Sidecar.Runtime.Resources.Loading;

/// <summary>Durations as Go writes them: <c>300ms</c>, <c>1.5h</c>, <c>1m30s</c>. Dapr also takes a bare number as milliseconds.</summary>
public static class GoDuration
{
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789.");

    // Longest first where one unit starts another.
    private static readonly (string Unit, double Nanoseconds)[] s_units =
    [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
    ];

    /// <summary>Reads a duration; false when the text is none or does not fit.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds))
            return Fits(milliseconds * 1e6, out duration);
        var rest = text.AsSpan();
        var negative = rest is ['-', ..];
        if (rest is ['-' or '+', ..])
            rest = rest[1..];
        if (rest.IsEmpty)
            return false;
        var total = 0d;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(s_digits);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount))
                return false;
            rest = rest[digits..];
            if (UnitOf(rest) is not { } unit)
                return false;
            total += amount * unit.Nanoseconds;
            rest = rest[unit.Unit.Length..];
        }

        return Fits(negative ? -total : total, out duration);
    }

    /// <summary>Writes a duration as Go does: <c>1h0m0s</c>, <c>1m30s</c>, <c>1.5s</c>, <c>500ms</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration < TimeSpan.Zero)
            return "-" + Format(duration.Negate());
        if (duration == TimeSpan.Zero)
            return "0s";
        if (duration < TimeSpan.FromSeconds(1))
        {
            return duration < TimeSpan.FromMilliseconds(1)
                ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMicroseconds:0.###}µs")
                : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.####}ms");
        }

        var hours = (long)duration.TotalHours;
        var seconds = (duration.Ticks % TimeSpan.TicksPerMinute) / (decimal)TimeSpan.TicksPerSecond;
        return string.Create(
            CultureInfo.InvariantCulture, $"{(hours > 0 ? $"{hours}h" : "")}{(duration >= TimeSpan.FromMinutes(1) ? $"{duration.Minutes}m" : "")}{seconds:0.#######}s");
    }

    private static (string Unit, double Nanoseconds)? UnitOf(ReadOnlySpan<char> text)
    {
        foreach (var unit in s_units)
        {
            if (text.StartsWith(unit.Unit, StringComparison.Ordinal))
                return unit;
        }

        return null;
    }

    private static bool Fits(double nanoseconds, out TimeSpan duration)
    {
        // Go keeps durations in 64-bit nanoseconds.
        var fits = Math.Abs(nanoseconds) <= long.MaxValue;
        duration = fits ? TimeSpan.FromTicks((long)Math.Round(nanoseconds / 100)) : TimeSpan.Zero;
        return fits;
    }
}
