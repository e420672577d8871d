using System.Globalization;

namespace Sidecar.Runtime.Resources.Loading;

/// <summary>
/// A map of keys and values, with readers that fail with file, line and key. In a resource the case of a key does not matter, as daprd reads
/// resources by way of Go's JSON; a key in the very spelling comes first. Source: <c>kind: Subscription</c> written <c>Kind:</c> in daprd's own
/// tests (tests/integration/suite/daprd/subscriptions).
/// </summary>
public sealed class YamlMap(
    SourceLocation location, string path, IReadOnlyList<KeyValuePair<string, YamlNode>> entries, StringComparison keys) : YamlNode(location, path)
{
    private readonly Dictionary<string, YamlNode> _byKey = entries.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);

    /// <summary>Its entries in the order they were written.</summary>
    public IReadOnlyList<KeyValuePair<string, YamlNode>> Entries { get; } = entries;

    /// <summary>The node under a key; null when it is absent or holds nothing.</summary>
    public YamlNode? Find(string key)
    {
        if (!_byKey.TryGetValue(key, out var node))
            node = Entries.FirstOrDefault(entry => entry.Key.Equals(key, keys)).Value;
        return node is { IsNull: false } ? node : null;
    }

    /// <summary>Path of a key of this map.</summary>
    public string PathOf(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    /// <summary>An error about a key that is not there.</summary>
    public ResourceException Missing(string key, string meaning) => new(Location, PathOf(key), $"is missing: {meaning}");

    /// <summary>Text under a key, or null when absent.</summary>
    public string? Text(string key) => Find(key)?.AsText();

    /// <summary>Text under a key that must be there and not empty.</summary>
    public string RequiredText(string key, string meaning)
    {
        var text = Text(key);
        return string.IsNullOrWhiteSpace(text) ? throw Missing(key, meaning) : text;
    }

    /// <summary>A boolean.</summary>
    public bool Flag(string key, bool otherwise = false) => Find(key) switch
    {
        null => otherwise,
        YamlScalar { Boolean: { } flag } => flag,
        var node => throw node.Error("must be true or false"),
    };

    /// <summary>A whole number within limits.</summary>
    public int Number(string key, int otherwise, int min = int.MinValue, int max = int.MaxValue)
    {
        if (Find(key) is not { } node)
            return otherwise;
        if (!int.TryParse(node.AsText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) || number < min || number > max)
            throw node.Error((min, max) switch
            {
                (int.MinValue, int.MaxValue) => $"'{node.AsText()}' must be a whole number",
                (_, int.MaxValue) => $"'{node.AsText()}' must be a whole number of {min} or more",
                _ => $"'{node.AsText()}' must be a whole number from {min} to {max}",
            });
        return number;
    }

    /// <summary>A Go duration such as <c>1m30s</c>; a bare number counts milliseconds.</summary>
    public TimeSpan Duration(string key, TimeSpan otherwise)
    {
        if (Find(key) is not { } node)
            return otherwise;
        return GoDuration.TryParse(node.AsText(), out var duration)
            ? duration
            : throw node.Error($"'{node.AsText()}' is no duration: write it like 500ms, 5s or 1m30s");
    }

    /// <summary>The map under a key, or null when absent.</summary>
    public YamlMap? Map(string key) => Find(key)?.AsMap();

    /// <summary>The items of the list under a key; none when absent.</summary>
    public IReadOnlyList<YamlNode> List(string key) => Find(key) switch
    {
        null => [],
        YamlList list => list.Items,
        var node => throw node.Error("must be a list"),
    };

    /// <summary>A list of texts; none when absent.</summary>
    public IReadOnlyList<string> Texts(string key) => [.. List(key).Select(item => item.AsText())];

    /// <summary>A map of texts; none when absent.</summary>
    public IReadOnlyDictionary<string, string> TextMap(string key, StringComparer comparer)
    {
        var texts = new Dictionary<string, string>(comparer);
        foreach (var (name, node) in Map(key)?.Entries ?? [])
        {
            texts[name] = node is YamlScalar scalar ? scalar.ComponentText : throw node.Error("must be a single value");
        }

        return texts;
    }

    /// <summary>Entries whose key is not among <paramref name="known"/>.</summary>
    public IEnumerable<KeyValuePair<string, YamlNode>> Unknown(params IReadOnlyCollection<string> known) =>
        Entries.Where(entry => !known.Contains(entry.Key, StringComparer.FromComparison(keys)));
}
