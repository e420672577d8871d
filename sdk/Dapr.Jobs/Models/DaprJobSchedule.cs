using System.Globalization;
using System.Text.Json.Serialization;
using Dapr.Jobs.JsonConverters;

namespace Dapr.Jobs.Models;

/// <summary>When a job runs: once at a point in time, or again and again by a cron expression, a period or a duration.</summary>
[JsonConverter(typeof(DaprJobScheduleConverter))]
public sealed class DaprJobSchedule
{
    private static readonly string[] Periods = ["@yearly", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

    internal DaprJobSchedule(string expressionValue)
    {
        ExpressionValue = expressionValue;
    }

    /// <summary>The expression as the scheduler reads it.</summary>
    public string ExpressionValue { get; }

    /// <summary>At the start of each year.</summary>
    public static DaprJobSchedule Yearly { get; } = new("@yearly");

    /// <summary>At the start of each month.</summary>
    public static DaprJobSchedule Monthly { get; } = new("@monthly");

    /// <summary>At the start of each week.</summary>
    public static DaprJobSchedule Weekly { get; } = new("@weekly");

    /// <summary>At the start of each day.</summary>
    public static DaprJobSchedule Daily { get; } = new("@daily");

    /// <summary>At midnight.</summary>
    public static DaprJobSchedule Midnight { get; } = new("@midnight");

    /// <summary>At the start of each hour.</summary>
    public static DaprJobSchedule Hourly { get; } = new("@hourly");

    /// <summary>Whether this is a period such as <c>@daily</c> or <c>@every 5m</c>.</summary>
    public bool IsPrefixedPeriodExpression =>
        Periods.Contains(ExpressionValue)
        || (ExpressionValue.StartsWith("@every ", StringComparison.Ordinal) && DurationText.IsDuration(ExpressionValue));

    /// <summary>Whether this is a single point in time.</summary>
    public bool IsPointInTimeExpression => DateTimeOffset.TryParse(ExpressionValue, CultureInfo.InvariantCulture, out _);

    /// <summary>Whether this is a duration.</summary>
    public bool IsDurationExpression => DurationText.IsDuration(ExpressionValue);

    /// <summary>Whether this is a cron expression of six fields, seconds first.</summary>
    public bool IsCronExpression => CronExpression.IsMatch(ExpressionValue);

    /// <summary>By a cron expression that was built.</summary>
    public static DaprJobSchedule FromCronExpression(CronExpressionBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return new DaprJobSchedule(builder.ToString());
    }

    /// <summary>Once, at a point in time.</summary>
    public static DaprJobSchedule FromDateTime(DateTimeOffset scheduledTime) => new(scheduledTime.ToString("O", CultureInfo.InvariantCulture));

    /// <summary>By a cron expression of six fields (seconds first) or a period such as <c>@every 5m</c>.</summary>
    public static DaprJobSchedule FromExpression(string expression)
    {
        ArgumentNullException.ThrowIfNull(expression);
        return new DaprJobSchedule(expression);
    }

    /// <summary>Again and again, this long apart; to the millisecond.</summary>
    public static DaprJobSchedule FromDuration(TimeSpan duration) => new($"@every {DurationText.Write(duration)}");
}
