using System.Globalization;
using System.Xml;
using Sidecar.Runtime.Resources.Loading;

namespace Sidecar.Runtime.Jobs;

/// <summary>When a repeated job triggers: <c>@every</c> a duration, one of the named schedules, or a cron expression of six fields.</summary>
public sealed class JobSchedule
{
    private readonly TimeSpan _every;
    private readonly CronSchedule? _cron;

    private JobSchedule(TimeSpan every, CronSchedule? cron)
    {
        _every = every;
        _cron = cron;
    }

    /// <summary>Reads a schedule.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static JobSchedule Parse(string text)
    {
        const string Every = "@every ";
        if (text.StartsWith(Every, StringComparison.Ordinal))
        {
            return GoDuration.TryParse(text[Every.Length..].Trim(), out var period) && period > TimeSpan.Zero
                ? new JobSchedule(period, null)
                : throw new FormatException($"failed to parse duration {text}");
        }

        return new JobSchedule(TimeSpan.Zero, CronSchedule.Parse(text switch
        {
            "@yearly" or "@annually" => "0 0 0 1 1 *",
            "@monthly" => "0 0 0 1 * *",
            "@weekly" => "0 0 0 * * 0",
            "@daily" or "@midnight" => "0 0 0 * * *",
            "@hourly" => "0 0 * * * *",
            _ when text.StartsWith('@') => throw new FormatException($"unrecognized descriptor: {text}"),
            _ => text,
        }));
    }

    /// <summary>The next trigger after a time, or null when there is none.</summary>
    public DateTimeOffset? Next(DateTimeOffset after) => _cron is null ? after + _every : _cron.Next(after);

    /// <summary>
    /// Reads <c>dueTime</c> or <c>ttl</c>: a point in time (RFC 3339), or a duration (Go's or ISO 8601's) from <paramref name="from"/>.
    /// </summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static DateTimeOffset ParseTime(string text, DateTimeOffset from)
    {
        if (GoDuration.TryParse(text, out var duration))
        {
            return from + duration;
        }

        if (text.StartsWith('P'))
        {
            try
            {
                return from + XmlConvert.ToTimeSpan(text);
            }
            catch (FormatException)
            {
                throw new FormatException($"unsupported time/duration format: {text}");
            }
        }

        return text.Contains('T') && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new FormatException($"unsupported time/duration format: {text}");
    }
}
