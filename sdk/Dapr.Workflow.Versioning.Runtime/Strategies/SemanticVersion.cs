using System.Globalization;

namespace Dapr.Workflow.Versioning;

/// <summary>A version as semver.org orders them.</summary>
internal readonly record struct SemanticVersion(int Major, int Minor, int Patch, string Prerelease, bool HasBuild) : IComparable<SemanticVersion>
{
    public bool IsPrerelease => Prerelease.Length > 0;

    public static bool TryParse(string text, out SemanticVersion version)
    {
        version = default;
        var (rest, build) = Cut(text, '+');
        var (core, prerelease) = Cut(rest, '-');
        if (core.Split('.') is not [var a, var b, var c] || !TryParseNumber(a, out var major) || !TryParseNumber(b, out var minor) || !TryParseNumber(c, out var patch))
            return false;
        version = new SemanticVersion(major, minor, patch, prerelease ?? string.Empty, build is not null);
        return prerelease is not "";
    }

    public int CompareTo(SemanticVersion other)
    {
        var order = (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
        if (order != 0)
            return order;

        // What is released comes after what led to it.
        return IsPrerelease && other.IsPrerelease ? ComparePrerelease(Prerelease.Split('.'), other.Prerelease.Split('.')) : other.IsPrerelease.CompareTo(IsPrerelease);
    }

    private static int ComparePrerelease(string[] left, string[] right)
    {
        foreach (var (ours, theirs) in left.Zip(right))
        {
            var order = (TryParseNumber(ours, out var a), TryParseNumber(theirs, out var b)) switch
            {
                (true, true) => a.CompareTo(b),
                (true, false) => -1,
                (false, true) => 1,
                _ => string.CompareOrdinal(ours, theirs),
            };
            if (order != 0)
                return order;
        }

        return left.Length.CompareTo(right.Length);
    }

    private static bool TryParseNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static (string Before, string? After) Cut(string text, char at)
    {
        var index = text.IndexOf(at, StringComparison.Ordinal);
        return index < 0 ? (text, null) : (text[..index], text[(index + 1)..]);
    }
}
