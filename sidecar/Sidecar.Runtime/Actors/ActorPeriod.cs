using System.Globalization;
using System.Text.RegularExpressions;
using Sidecar.Runtime.Resources.Loading;

namespace Sidecar.Runtime.Actors;

/// <summary>How often a timer or reminder ticks: a Go duration, or ISO 8601 with an optional number of repetitions (<c>R5/PT10S</c>).</summary>
internal sealed partial record ActorPeriod
{
    private const string Every = "@every ";

    /// <summary>Calendar part in months.</summary>
    public int Months { get; private init; }

    /// <summary>Calendar part in days.</summary>
    public int Days { get; private init; }

    /// <summary>The part that a clock measures.</summary>
    public TimeSpan Time { get; private init; }

    /// <summary>How often it ticks in all; null for no end.</summary>
    public int? Repeats { get; private init; }

    /// <summary>True when its length depends on the calendar.</summary>
    public bool HasCalendarPart => Months > 0 || Days > 0;

    /// <summary>True for a period of no length, which is a single tick.</summary>
    public bool IsEmpty => !HasCalendarPart && Time == TimeSpan.Zero;

    /// <summary>Reads a period; null for an empty text, which means a single tick.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static ActorPeriod? Parse(string text)
    {
        if (text.Length == 0)
            return null;
        var duration = text.StartsWith(Every, StringComparison.Ordinal) ? text[Every.Length..].Trim() : text;
        if (!long.TryParse(duration, CultureInfo.InvariantCulture, out _) && GoDuration.TryParse(duration, out var time) && time >= TimeSpan.Zero)
            return new ActorPeriod { Time = time };

        var match = Iso().Match(text);
        if (!match.Success || text.EndsWith('P') || text.EndsWith('T'))
            throw new FormatException($"unsupported duration format: {text}");
        try
        {
            return new ActorPeriod
            {
                Months = checked((12 * Part("years")) + Part("months")),
                Days = checked((7 * Part("weeks")) + Part("days")),
                Time = new TimeSpan(Part("hours"), Part("minutes"), Part("seconds")),
                Repeats = match.Groups["repeats"].Success ? Part("repeats") : null,
            };
        }
        catch (Exception e) when (e is OverflowException or ArgumentOutOfRangeException)
        {
            throw new FormatException($"unsupported duration format: {text}", e);
        }

        int Part(string name) => match.Groups[name] is { Success: true } group ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>The tick after one at <paramref name="tick"/>.</summary>
    public DateTimeOffset After(DateTimeOffset tick) => tick.AddMonths(Months).AddDays(Days) + Time;

    [GeneratedRegex(@"^(R(?<repeats>\d+)/)?P((?<years>\d+)Y)?((?<months>\d+)M)?((?<weeks>\d+)W)?((?<days>\d+)D)?(T((?<hours>\d+)H)?((?<minutes>\d+)M)?((?<seconds>\d+)S)?)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Iso();
}
