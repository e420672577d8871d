using System.Text.RegularExpressions;

namespace Platform.Tests.Runbooks;

/// <summary>
/// Compares what a page shows with what was printed: words must be the same, while numbers, times and ids may be others, but the same ones throughout. What stands for what is learned on the
/// way, so that a later command of the page can name what an earlier one has printed.
/// </summary>
internal sealed partial class Likeness
{
    private const string Anything = "...";
    private const int ShortestName = 8;

    private Dictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>Something that the page calls by one name and the platform by another.</summary>
    public void Name(string inPage, string here) => _names[inPage] = here;

    /// <summary>The page's text with the names of this run.</summary>
    public string Here(string text) => _names.OrderByDescending(name => name.Key.Length).Aggregate(text, (current, name) => current.Replace(name.Key, name.Value, StringComparison.Ordinal));

    /// <summary>Whether the output is like the page's; if so, its names are learned. Of several lines that would do the last one is taken: it is the newest.</summary>
    public bool Learns(IReadOnlyList<string> page, IReadOnlyList<string> output)
    {
        if (Match([.. page.Reverse()], [.. output.Where(line => line.Trim().Length > 0).Reverse()], 0, 0, _names) is not { } learned)
        {
            return false;
        }

        _names = learned;
        return true;
    }

    private static Dictionary<string, string>? Match(string[] page, string[] output, int at, int line, Dictionary<string, string> names)
    {
        if (at == page.Length)
        {
            return line == output.Length ? names : null;
        }

        if (page[at].Trim() == Anything)
        {
            return Enumerable.Range(line, output.Length - line + 1).Select(next => Match(page, output, at + 1, next, names)).FirstOrDefault(found => found is not null);
        }

        return line < output.Length && Alike(page[at], output[line], names) is { } learned ? Match(page, output, at + 1, line + 1, learned) : null;
    }

    private static Dictionary<string, string>? Alike(string page, string output, Dictionary<string, string> names)
    {
        var (ours, theirs) = (Words(page), Words(output));
        if (ours.Length != theirs.Length)
        {
            return null;
        }

        var learned = new Dictionary<string, string>(names, StringComparer.Ordinal);
        foreach (var (word, found) in ours.Zip(theirs))
        {
            if (learned.TryGetValue(word, out var known))
            {
                if (known != found)
                {
                    return null;
                }
            }
            else if (Shape(word) != Shape(found))
            {
                return null;
            }
            else if (word.Length >= ShortestName && word != found && !Moment().IsMatch(word))
            {
                learned[word] = found;
            }
        }

        return learned;
    }

    private static string[] Words(string line) => [.. line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('"', '\'', ',', ';', '(', ')', '.'))];

    private static string Shape(string word) => Numbers().Replace(LongHex().Replace(Guids().Replace(Durations().Replace(word, "a while"), "#"), "#"), "0");

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d|^\d\d:\d\d")]
    private static partial Regex Moment();

    [GeneratedRegex(@"^(Age:)?(\d+(\.\d+)?(ms|s|m|h|d))+$")]
    private static partial Regex Durations();

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex Guids();

    [GeneratedRegex("[0-9a-f]{16,}")]
    private static partial Regex LongHex();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Numbers();
}
