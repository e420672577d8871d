using System.Numerics;

namespace Sidecar.Runtime.Jobs;

/// <summary>
/// A cron expression of six fields (second, minute, hour, day of month, month, day of week), in UTC unless it begins with <c>TZ=</c> or
/// <c>CRON_TZ=</c>. As in Vixie cron, when both day fields are restricted one of them is enough.
/// </summary>
public sealed class CronSchedule
{
    private const int YearsToSearch = 5;
    private const ulong Star = 1UL << 63;
    private static readonly string[] s_months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] s_days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private readonly ulong _seconds;
    private readonly ulong _minutes;
    private readonly ulong _hours;
    private readonly ulong _daysOfMonth;
    private readonly ulong _months;
    private readonly ulong _daysOfWeek;
    private readonly TimeZoneInfo _zone;

    private CronSchedule(string[] fields, TimeZoneInfo zone)
    {
        _seconds = ParseField(fields[0], 0, 59, []);
        _minutes = ParseField(fields[1], 0, 59, []);
        _hours = ParseField(fields[2], 0, 23, []);
        _daysOfMonth = ParseField(fields[3], 1, 31, []);
        _months = ParseField(fields[4], 1, 12, s_months);
        _daysOfWeek = ParseField(fields[5], 0, 6, s_days);
        _zone = zone;
    }

    /// <summary>Reads an expression.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static CronSchedule Parse(string text)
    {
        var zone = TimeZoneInfo.Utc;
        var fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields is [var first, ..] && (first.StartsWith("TZ=", StringComparison.Ordinal) || first.StartsWith("CRON_TZ=", StringComparison.Ordinal)))
        {
            var name = first[(first.IndexOf('=') + 1)..];
            zone = TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found) ? found : throw new FormatException($"provided bad location {name}");
            fields = fields[1..];
        }

        return fields.Length == 6
            ? new CronSchedule(fields, zone)
            : throw new FormatException($"expected exactly 6 fields, found {fields.Length}: [{string.Join(' ', fields)}]");
    }

    /// <summary>The first time after <paramref name="after"/> that matches, or null when there is none within five years.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        var local = TimeZoneInfo.ConvertTime(after, _zone).DateTime;
        var time = new DateTime(local.Year, local.Month, local.Day, local.Hour, local.Minute, local.Second, DateTimeKind.Unspecified).AddSeconds(1);
        var limit = time.AddYears(YearsToSearch);
        while (time < limit)
        {
            if (!Has(_months, time.Month))
            {
                time = new DateTime(time.Year, time.Month, 1).AddMonths(1);
            }
            else if (!MatchesDay(time))
            {
                time = time.Date.AddDays(1);
            }
            else if (!Has(_hours, time.Hour))
            {
                time = time.Date.AddHours(time.Hour + 1);
            }
            else if (!Has(_minutes, time.Minute))
            {
                time = time.Date.AddMinutes((time.Hour * 60) + time.Minute + 1);
            }
            else if (!Has(_seconds, time.Second))
            {
                time = time.AddSeconds(1);
            }
            else if (_zone.IsInvalidTime(time))
            {
                // The clock jumps over this time: the first one after the jump will do.
                time = time.AddMinutes(1);
            }
            else
            {
                return new DateTimeOffset(time, _zone.GetUtcOffset(time)).ToUniversalTime();
            }
        }

        return null;
    }

    private static bool Has(ulong bits, int value) => (bits & (1UL << value)) != 0;

    private static ulong ParseField(string field, int min, int max, string[] names)
    {
        var bits = 0UL;
        foreach (var part in field.Split(','))
        {
            bits |= ParsePart(part, field, min, max, names);
        }

        return BitOperations.PopCount(bits & ~Star) > 0 ? bits : throw new FormatException($"empty field '{field}'");
    }

    private static ulong ParsePart(string part, string field, int min, int max, string[] names)
    {
        var (range, step) = part.Split('/') switch
        {
            [var all] => (all, 1),
            [var of, var by] when int.TryParse(by, out var parsed) && parsed > 0 => (of, parsed),
            _ => throw new FormatException($"bad step in '{field}'"),
        };
        int low, high;
        var star = 0UL;
        if (range is "*" or "?")
        {
            (low, high) = (min, max);
            star = step == 1 ? Star : 0;
        }
        else if (range.Split('-') is [var from, var to])
        {
            (low, high) = (Value(from), Value(to));
        }
        else
        {
            low = Value(range);
            high = part.Contains('/') ? max : low;
        }

        if (low < min || high > max || low > high)
        {
            throw new FormatException($"'{part}' is outside {min} to {max}");
        }

        var bits = star;
        for (var value = low; value <= high; value += step)
        {
            bits |= 1UL << value;
        }

        return bits;

        int Value(string text)
        {
            var named = Array.FindIndex(names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
            return named >= 0 ? named + min : int.TryParse(text, out var number) ? number : throw new FormatException($"failed to parse '{text}' in '{field}'");
        }
    }

    private bool MatchesDay(DateTime time)
    {
        var ofMonth = Has(_daysOfMonth, time.Day);
        var ofWeek = Has(_daysOfWeek, (int)time.DayOfWeek);
        return ((_daysOfMonth | _daysOfWeek) & Star) != 0 ? ofMonth && ofWeek : ofMonth || ofWeek;
    }
}
