namespace Sidecar.Runtime.Resources.Loading;

/// <summary>Finds what a misspelt name was probably meant to be.</summary>
public static class Spelling
{
    /// <summary>Known names close to <paramref name="name"/>, closest first.</summary>
    public static IReadOnlyList<string> NearMatches(string name, IEnumerable<string> known)
    {
        var limit = Math.Max(2, name.Length / 3);
        return [.. known
            .Select(candidate => (candidate, distance: Distance(name, candidate)))
            .Where(match => match.distance <= limit)
            .OrderBy(match => match.distance).ThenBy(match => match.candidate, StringComparer.Ordinal)
            .Take(3).Select(match => match.candidate)];
    }

    /// <summary>A sentence part for an error: <c>; did you mean 'x'?</c>, or nothing.</summary>
    public static string Hint(string name, IEnumerable<string> known) =>
        NearMatches(name, known) is [var first, ..] ? $"; did you mean '{first}'?" : "";

    private static int Distance(string left, string right)
    {
        if (Math.Abs(left.Length - right.Length) > 8 || left.Length > 100)
            return int.MaxValue;
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var same = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]);
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (same ? 0 : 1)));
            }
        }

        return row[^1];
    }
}
