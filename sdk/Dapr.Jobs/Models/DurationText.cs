using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Dapr.Jobs.Models;

/// <summary>Durations as Go writes them: <c>1h2m3s4ms</c>.</summary>
internal static partial class DurationText
{
    public static bool IsDuration(string text) => Duration().IsMatch(text.StartsWith("@every ", StringComparison.Ordinal) ? text["@every ".Length..] : text);

    public static string Write(TimeSpan duration)
    {
        var text = new StringBuilder();
        Append((long)duration.TotalHours, "h");
        Append(duration.Minutes, "m");
        Append(duration.Seconds, "s");
        Append(duration.Milliseconds, "ms");
        return text.Length == 0 ? "0s" : text.ToString();

        void Append(long count, string unit)
        {
            if (count > 0)
                text.Append(CultureInfo.InvariantCulture, $"{count}{unit}");
        }
    }

    [GeneratedRegex(@"^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$", RegexOptions.ExplicitCapture)]
    private static partial Regex Duration();
}
