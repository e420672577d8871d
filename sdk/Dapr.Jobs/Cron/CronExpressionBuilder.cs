using System.Reflection;
using System.Runtime.Serialization;

namespace Dapr.Jobs;

/// <summary>Builds a cron expression of six fields, seconds first. A field that is not set is <c>*</c>.</summary>
public sealed class CronExpressionBuilder
{
    // In the order of CronPeriod, which is the order of the expression.
    private readonly string[] fields = ["*", "*", "*", "*", "*", "*"];

    /// <summary>At the given values of a field.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is not possible in that field.</exception>
    public CronExpressionBuilder On(OnCronPeriod period, params int[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var (field, min, max) = period switch
        {
            OnCronPeriod.Second => (CronPeriod.Second, 0, 59),
            OnCronPeriod.Minute => (CronPeriod.Minute, 0, 59),
            OnCronPeriod.Hour => (CronPeriod.Hour, 0, 59),
            _ => (CronPeriod.DayOfMonth, 0, 31),
        };
        if (values.Any(value => value < min || value > max))
            throw new ArgumentOutOfRangeException(nameof(values), $"Values of {period} must be between {min} and {max}.");

        return Set(field, string.Join(',', values.Distinct().Order()));
    }

    /// <summary>In the given months.</summary>
    public CronExpressionBuilder On(params MonthOfYear[] months) =>
        Set(CronPeriod.Month, string.Join(',', months.Distinct().Order().Select(Text)));

    /// <summary>On the given days of the week.</summary>
    public CronExpressionBuilder On(params DayOfWeek[] days) =>
        Set(CronPeriod.DayOfWeek, string.Join(',', days.Distinct().Order().Select(Text)));

    /// <summary>From one value of a field to another.</summary>
    /// <exception cref="ArgumentException">The range is empty or runs backwards.</exception>
    public CronExpressionBuilder Through(ThroughCronPeriod period, int from, int to)
    {
        ThrowUnlessAscending(from, to);
        return Set((CronPeriod)period, $"{from}-{to}");
    }

    /// <summary>From one day of the week to another.</summary>
    /// <exception cref="ArgumentException">The range is empty or runs backwards.</exception>
    public CronExpressionBuilder Through(DayOfWeek from, DayOfWeek to)
    {
        ThrowUnlessAscending(from, to);
        return Set(CronPeriod.DayOfWeek, $"{Text(from)}-{Text(to)}");
    }

    /// <summary>From one month to another.</summary>
    /// <exception cref="ArgumentException">The range is empty or runs backwards.</exception>
    public CronExpressionBuilder Through(MonthOfYear from, MonthOfYear to)
    {
        ThrowUnlessAscending(from, to);
        return Set(CronPeriod.Month, $"{Text(from)}-{Text(to)}");
    }

    /// <summary>At each value of a field.</summary>
    public CronExpressionBuilder Each(CronPeriod period) => Set(period, "*");

    /// <summary>At every n-th value of a field.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The interval is negative.</exception>
    public CronExpressionBuilder Every(EveryCronPeriod period, int interval)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(interval);
        var field = period switch
        {
            EveryCronPeriod.Month => CronPeriod.Month,
            EveryCronPeriod.DayInMonth => CronPeriod.DayOfMonth,
            EveryCronPeriod.DayInWeek => CronPeriod.DayOfWeek,
            _ => (CronPeriod)period,
        };
        return Set(field, $"*/{interval}");
    }

    /// <summary>The expression.</summary>
    public override string ToString() => string.Join(' ', fields);

    private CronExpressionBuilder Set(CronPeriod field, string value)
    {
        fields[(int)field] = value;
        return this;
    }

    private static void ThrowUnlessAscending<T>(T from, T to)
        where T : IComparable
    {
        if (from.CompareTo(to) >= 0)
            throw new ArgumentException($"The range must begin before it ends: {from} to {to}.");
    }

    private static string Text<T>(T value)
        where T : struct, Enum =>
        typeof(T).GetField(value.ToString())?.GetCustomAttribute<EnumMemberAttribute>()?.Value ?? value.ToString();
}
