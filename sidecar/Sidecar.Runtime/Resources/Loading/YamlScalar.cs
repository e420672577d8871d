using System.Buffers;
using System.Globalization;

namespace Sidecar.Runtime.Resources.Loading;

/// <summary>A single value.</summary>
/// <param name="location">File and line.</param>
/// <param name="path">Keys from the root.</param>
/// <param name="text">The text as written, quotes removed.</param>
/// <param name="isPlain">True without quotes: only then it may mean a number, a boolean or null.</param>
public sealed class YamlScalar(SourceLocation location, string path, string text, bool isPlain) : YamlNode(location, path)
{
    private static readonly SearchValues<char> s_numberCharacters = SearchValues.Create("0123456789+-.eE");

    /// <summary>The text as written, quotes removed.</summary>
    public string Text { get; } = text;

    /// <summary>True without quotes: only then it may mean a number, a boolean or null.</summary>
    public bool IsPlain { get; } = isPlain;

    /// <inheritdoc/>
    public override bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>The value as a boolean, or null when it is none. YAML 1.1 words count, since Dapr reads that version.</summary>
    public bool? Boolean => Text switch
    {
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => true,
        "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => false,
        _ => null,
    };

    /// <summary>
    /// The text that Dapr hands to a component: YAML goes through JSON there, so plain <c>yes</c> arrives as <c>true</c> and <c>1.50</c> as <c>1.5</c>.
    /// </summary>
    public string ComponentText
    {
        get
        {
            if (!IsPlain)
                return Text;
            if (IsNull)
                return "";
            return Boolean is { } flag ? (flag ? "true" : "false") : Number ?? Text;
        }
    }

    /// <summary>The value as JSON writes a number, or null when it is none.</summary>
    internal string? Number
    {
        get
        {
            if (!IsPlain || Text.Length == 0 || !(char.IsAsciiDigit(Text[0]) || Text[0] is '-' or '+' or '.'))
                return null;
            if (Text.StartsWith("0x", StringComparison.Ordinal)
                && long.TryParse(Text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex))
                return hex.ToString(CultureInfo.InvariantCulture);
            if (Text.Length is > 1 and < 21 && Text[0] == '0' && Text.AsSpan().IndexOfAnyExceptInRange('0', '7') < 0)
                return Convert.ToInt64(Text, 8).ToString(CultureInfo.InvariantCulture);
            if (long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
                return whole.ToString(CultureInfo.InvariantCulture);
            return Text.AsSpan().IndexOfAnyExcept(s_numberCharacters) < 0
                && double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real)
                ? real.ToString("R", CultureInfo.InvariantCulture)
                : null;
        }
    }
}
