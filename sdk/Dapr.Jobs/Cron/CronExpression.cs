using System.Text.RegularExpressions;

namespace Dapr.Jobs;

/// <summary>Recognises cron expressions of six fields.</summary>
internal static partial class CronExpression
{
    private static readonly Regex[] Fields = [Sixty(), Sixty(), Hours(), DaysOfMonth(), Months(), DaysOfWeek()];

    public static bool IsMatch(string text)
    {
        var parts = text.Split(' ');
        return parts.Length == Fields.Length && parts.Zip(Fields).All(pair => pair.First.Split(',').All(item => pair.Second.IsMatch(item)));
    }

    // Each: a star, a star with an interval, or a value or a range of values with or without an interval.
    [GeneratedRegex(@"^(\*|[0-5]?\d(-[0-5]?\d)?)(/\d+)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Sixty();

    [GeneratedRegex(@"^(\*|([01]?\d|2[0-3])(-([01]?\d|2[0-3]))?)(/\d+)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Hours();

    [GeneratedRegex(@"^(\*|\?|([0-2]?\d|3[01])(-([0-2]?\d|3[01]))?)(/\d+)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex DaysOfMonth();

    [GeneratedRegex(
        @"^(\*|(0?\d|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)(-(0?\d|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC))?)(/\d+)?$",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex Months();

    [GeneratedRegex(
        @"^(\*|\?|(0?[0-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(-(0?[0-7]|SUN|MON|TUE|WED|THU|FRI|SAT))?)(/\d+)?$",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex DaysOfWeek();
}
