using System.Globalization;

namespace Sidecar.Runtime.Resources.Loading;

/// <summary>Sizes as Kubernetes writes quantities: <c>4Mi</c>, <c>512Ki</c>, <c>10M</c>, or bytes.</summary>
public static class ByteSize
{
    private static readonly (string Suffix, long Bytes)[] s_units =
        [("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30), ("k", 1000), ("K", 1000), ("M", 1_000_000), ("G", 1_000_000_000), ("", 1)];

    /// <summary>Reads a size; false when the text is none.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var (suffix, unit) = s_units.First(candidate => text.EndsWith(candidate.Suffix, StringComparison.Ordinal));
        if (!double.TryParse(text[..^suffix.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            || amount * unit is not (>= 0 and < long.MaxValue))
            return false;
        bytes = (long)(amount * unit);
        return true;
    }
}
