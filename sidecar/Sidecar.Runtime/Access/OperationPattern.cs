using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.Access;

/// <summary>A path of an access rule: <c>*</c> at the end of a segment stands for the rest of that segment, <c>**</c> for the rest of the path.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="IgnoreCase">Upper and lower case are the same.</param>
internal sealed record OperationPattern(OperationRule Rule, bool IgnoreCase)
{
    private readonly string[] _segments = Rule.Path[1..].Split('/');

    private StringComparison Comparison => IgnoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>The path as rules see it: no escapes that need not be, no dots, no empty segments. Otherwise a rule could be walked around.</summary>
    public static string Normalize(string path)
    {
        var canonical = new Uri($"http://app/{path.TrimStart('/')}").AbsolutePath;
        return "/" + string.Join('/', canonical.Split('/', StringSplitOptions.RemoveEmptyEntries));
    }

    public bool Fits(string operation)
    {
        var given = operation[1..].Split('/');
        for (var i = 0; i < _segments.Length; i++)
        {
            var wanted = _segments[i];
            if (i >= given.Length)
                return false;
            if (wanted.EndsWith("**", StringComparison.Ordinal))
                return given[i].StartsWith(wanted[..^2], Comparison);
            var fits = wanted.EndsWith('*') ? given[i].StartsWith(wanted[..^1], Comparison) : given[i].Equals(wanted, Comparison);
            if (!fits)
                return false;
        }

        return given.Length == _segments.Length;
    }
}
