using System.Globalization;
using Sidecar.Runtime.Jobs;

namespace Sidecar.Runtime.Actors;

/// <summary>Due times and times to live of timers and reminders.</summary>
internal static class ActorTime
{
    /// <summary>Reads a point in time, or a duration from <paramref name="from"/>. Unlike in YAML, a bare number is no duration.</summary>
    /// <param name="what">What it is, for the message.</param>
    /// <param name="text">RFC 3339, a Go duration or an ISO 8601 duration.</param>
    /// <param name="from">What durations count from.</param>
    /// <exception cref="FormatException">It is none of them.</exception>
    public static DateTimeOffset Parse(string what, string text, DateTimeOffset from)
    {
        try
        {
            return text != "0" && long.TryParse(text, CultureInfo.InvariantCulture, out _)
                ? throw new FormatException($"unsupported time/duration format: {text}")
                : JobSchedule.ParseTime(text, from);
        }
        catch (FormatException e)
        {
            throw new FormatException($"error parsing {what}: {e.Message}", e);
        }
    }
}
