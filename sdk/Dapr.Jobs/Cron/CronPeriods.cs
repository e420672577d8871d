using System.Runtime.Serialization;

namespace Dapr.Jobs;

/// <summary>The fields of a cron expression.</summary>
public enum CronPeriod
{
    /// <summary>Seconds.</summary>
    Second,

    /// <summary>Minutes.</summary>
    Minute,

    /// <summary>Hours.</summary>
    Hour,

    /// <summary>Days of the month.</summary>
    DayOfMonth,

    /// <summary>Months.</summary>
    Month,

    /// <summary>Days of the week.</summary>
    DayOfWeek,
}

/// <summary>The fields that take an interval.</summary>
public enum EveryCronPeriod
{
    /// <summary>Seconds.</summary>
    Second,

    /// <summary>Minutes.</summary>
    Minute,

    /// <summary>Hours.</summary>
    Hour,

    /// <summary>Months.</summary>
    Month,

    /// <summary>Days of the month.</summary>
    DayInMonth,

    /// <summary>Days of the week.</summary>
    DayInWeek,
}

/// <summary>The fields that take a list of numbers.</summary>
public enum OnCronPeriod
{
    /// <summary>Seconds, 0 to 59.</summary>
    Second,

    /// <summary>Minutes, 0 to 59.</summary>
    Minute,

    /// <summary>Hours, 0 to 23.</summary>
    Hour,

    /// <summary>Days of the month, 1 to 31.</summary>
    DayOfMonth,
}

/// <summary>The fields that take a range of numbers.</summary>
public enum ThroughCronPeriod
{
    /// <summary>Seconds.</summary>
    Second,

    /// <summary>Minutes.</summary>
    Minute,

    /// <summary>Hours.</summary>
    Hour,

    /// <summary>Days of the month.</summary>
    DayOfMonth,

    /// <summary>Months.</summary>
    Month,
}

/// <summary>Days of the week, as cron writes them.</summary>
public enum DayOfWeek
{
    /// <summary>SUN.</summary>
    [EnumMember(Value = "SUN")]
    Sunday = 0,

    /// <summary>MON.</summary>
    [EnumMember(Value = "MON")]
    Monday = 1,

    /// <summary>TUE.</summary>
    [EnumMember(Value = "TUE")]
    Tuesday = 2,

    /// <summary>WED.</summary>
    [EnumMember(Value = "WED")]
    Wednesday = 3,

    /// <summary>THU.</summary>
    [EnumMember(Value = "THU")]
    Thursday = 4,

    /// <summary>FRI.</summary>
    [EnumMember(Value = "FRI")]
    Friday = 5,

    /// <summary>SAT.</summary>
    [EnumMember(Value = "SAT")]
    Saturday = 6,
}

/// <summary>Months, as cron writes them.</summary>
public enum MonthOfYear
{
    /// <summary>JAN.</summary>
    [EnumMember(Value = "JAN")]
    January = 1,

    /// <summary>FEB.</summary>
    [EnumMember(Value = "FEB")]
    February = 2,

    /// <summary>MAR.</summary>
    [EnumMember(Value = "MAR")]
    March = 3,

    /// <summary>APR.</summary>
    [EnumMember(Value = "APR")]
    April = 4,

    /// <summary>MAY.</summary>
    [EnumMember(Value = "MAY")]
    May = 5,

    /// <summary>JUN.</summary>
    [EnumMember(Value = "JUN")]
    June = 6,

    /// <summary>JUL.</summary>
    [EnumMember(Value = "JUL")]
    July = 7,

    /// <summary>AUG.</summary>
    [EnumMember(Value = "AUG")]
    August = 8,

    /// <summary>SEP.</summary>
    [EnumMember(Value = "SEP")]
    September = 9,

    /// <summary>OCT.</summary>
    [EnumMember(Value = "OCT")]
    October = 10,

    /// <summary>NOV.</summary>
    [EnumMember(Value = "NOV")]
    November = 11,

    /// <summary>DEC.</summary>
    [EnumMember(Value = "DEC")]
    December = 12,
}
