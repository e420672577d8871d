#nullable enable
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;

namespace Dapr.Actors.Runtime;

/// <summary>Due times and periods on the wire: Go durations (<c>1h2m3s4ms</c>), ISO 8601 with repetitions (<c>R3/PT5S</c>), <c>@every</c>, points in time.</summary>
internal static partial class Schedules
{
    private static readonly TimeSpan Never = TimeSpan.FromMilliseconds(-1);

    /// <exception cref="ArgumentOutOfRangeException">It can never be due, or ends before it is.</exception>
    public static void Check(TimeSpan dueTime, TimeSpan period, TimeSpan? ttl)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, Never);
        if (ttl is { } end)
            ArgumentOutOfRangeException.ThrowIfLessThan(end, dueTime, nameof(ttl));
    }

    /// <summary>As the official SDK spells it; empty for never.</summary>
    public static string WriteDuration(TimeSpan time) =>
        time < TimeSpan.Zero ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}h{time.Minutes}m{time.Seconds}s{time.Milliseconds}ms");

    /// <exception cref="ArgumentException">ISO 8601, which repetitions need, has no milliseconds in Dapr.</exception>
    public static string WritePeriod(TimeSpan period, int? repetitions)
    {
        if (repetitions is null)
            return WriteDuration(period);

        if (period.Milliseconds > 0)
            throw new ArgumentException("A period with repetitions cannot have milliseconds.", nameof(period));

        // Days as hours: the official SDK writes days, and the runtime refuses them.
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"R{repetitions}/PT");
        Append((int)period.TotalHours, 'H');
        Append(period.Minutes, 'M');
        Append(period.Seconds, 'S');
        return text.ToString();

        void Append(int count, char unit)
        {
            if (count > 0)
                text.Append(count).Append(unit);
        }
    }

    /// <summary>The period and how often it comes, where that is said.</summary>
    public static (TimeSpan Period, int? Repetitions) ReadPeriod(string? text)
    {
        if (text is null || Repetition().Match(text) is not { Success: true } match)
            return (ReadDuration(text), null);

        return (ReadDuration(text[match.Length..]), int.Parse(match.Groups["count"].ValueSpan, CultureInfo.InvariantCulture));
    }

    /// <summary>-1 ms for nothing; for a point in time, how long it is until then.</summary>
    /// <exception cref="FormatException">It is none of what Dapr writes.</exception>
    public static TimeSpan ReadDuration(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return Never;

        if (text.StartsWith('P'))
            return text is "P" or "PT" ? TimeSpan.Zero : XmlConvert.ToTimeSpan(text.TrimEnd('T'));

        if (text.StartsWith('@'))
            return ReadEvery(text);

        if (GoDuration().Match(text) is { Success: true } match)
            return Sum(match);

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return time > DateTimeOffset.UtcNow ? time - DateTimeOffset.UtcNow : TimeSpan.Zero;

        throw new FormatException($"'{text}' is neither a duration nor a point in time.");
    }

    private static TimeSpan ReadEvery(string text) => text switch
    {
        "@yearly" or "@annually" => TimeSpan.FromDays(365),
        "@monthly" => TimeSpan.FromDays(30),
        "@weekly" => TimeSpan.FromDays(7),
        "@daily" or "@midnight" => TimeSpan.FromDays(1),
        "@hourly" => TimeSpan.FromHours(1),
        _ when text.StartsWith("@every ", StringComparison.Ordinal) => ReadDuration(text["@every ".Length..]),
        _ => throw new FormatException($"'{text}' is no period."),
    };

    private static TimeSpan Sum(Match match)
    {
        var numbers = match.Groups["number"].Captures;
        var units = match.Groups["unit"].Captures;
        var ticks = 0m;
        for (var i = 0; i < numbers.Count; i++)
            ticks += decimal.Parse(numbers[i].ValueSpan, CultureInfo.InvariantCulture) * TicksOf(units[i].Value);

        return TimeSpan.FromTicks((long)(match.Value[0] == '-' ? -ticks : ticks));
    }

    private static decimal TicksOf(string unit) => unit switch
    {
        "h" => TimeSpan.TicksPerHour,
        "m" => TimeSpan.TicksPerMinute,
        "s" => TimeSpan.TicksPerSecond,
        "ms" => TimeSpan.TicksPerMillisecond,
        "ns" => 0.01m,
        _ => TimeSpan.TicksPerMicrosecond,
    };

    [GeneratedRegex(@"^R(?<count>\d+)/", RegexOptions.ExplicitCapture)]
    private static partial Regex Repetition();

    [GeneratedRegex(@"^-?((?<number>\d+(\.\d+)?)(?<unit>ns|us|µs|ms|s|m|h))+$", RegexOptions.ExplicitCapture)]
    private static partial Regex GoDuration();
}
