using System.Globalization;

namespace Sidecar.Runtime.Resiliency;

/// <summary>Codes a retry policy matches: <c>429,500-599</c>. An empty list matches all.</summary>
public sealed class StatusCodeRanges
{
    private readonly (int From, int To)[] _ranges;

    private StatusCodeRanges((int From, int To)[] ranges) => _ranges = ranges;

    /// <summary>Reads a list of codes and ranges.</summary>
    /// <exception cref="FormatException">A part is neither a code nor a range.</exception>
    public static StatusCodeRanges Parse(string text) => new([.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(ParseRange)]);

    /// <summary>True when the code is to be retried.</summary>
    public bool Match(int code) => _ranges.Length == 0 || _ranges.Any(range => code >= range.From && code <= range.To);

    private static (int From, int To) ParseRange(string part)
    {
        var ends = part.Split('-', StringSplitOptions.TrimEntries);
        if (ends.Length is 1 or 2
            && int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            && int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var to)
            && from <= to)
        {
            return (from, to);
        }

        throw new FormatException($"'{part}' is no status code and no range of status codes (such as 429 or 500-599)");
    }
}
