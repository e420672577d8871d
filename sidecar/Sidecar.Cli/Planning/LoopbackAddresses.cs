using System.Globalization;
using System.Text.RegularExpressions;

namespace Sidecar.Cli.Planning;

/// <summary>Moves addresses on this machine to the ports the apps of a run really listen on.</summary>
internal static partial class LoopbackAddresses
{
    /// <summary>Changes the port of every <c>http://localhost:5101</c>-like address whose port is a key of <paramref name="ports"/>.</summary>
    public static string Move(string text, IReadOnlyDictionary<int, int> ports) =>
        Address().Replace(text, match => int.TryParse(match.Groups["port"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && ports.TryGetValue(port, out var actual)
            ? $"{match.Groups["host"].Value}{actual.ToString(CultureInfo.InvariantCulture)}"
            : match.Value);

    [GeneratedRegex(@"(?<host>https?://(localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0|\[::\]|\*|\+):)(?<port>\d{1,5})(?!\d)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Address();
}
