using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Sidecar.Runtime.Resources.Loading;

/// <summary>Reads YAML text into nodes that know their lines. Bounded in depth and size, so that no file can bring the host down.</summary>
public static class YamlText
{
    private const int MaxDepth = 64;
    private const int MaxNodes = 100_000;

    /// <summary>Reads all documents of a file of resources: the case of their keys does not matter.</summary>
    /// <exception cref="ResourceException">The file cannot be read or is no YAML.</exception>
    public static IReadOnlyList<YamlNode> ReadFile(string file)
    {
        try
        {
            return Parse(File.ReadAllText(file), file, StringComparison.OrdinalIgnoreCase);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ResourceException(new SourceLocation(file, 0), "", $"cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Reads all documents of a text; empty documents are left out.</summary>
    /// <exception cref="ResourceException">The text is no YAML.</exception>
    public static IReadOnlyList<YamlNode> Parse(string text, string file, StringComparison keys = StringComparison.Ordinal)
    {
        var parser = new Parser(new StringReader(text));
        try
        {
            var documents = new List<YamlNode>();
            parser.Consume<StreamStart>();
            while (!parser.Accept<StreamEnd>(out _))
            {
                parser.Consume<DocumentStart>();
                var root = new Builder(parser, file, keys).Read("", 0);
                parser.Consume<DocumentEnd>();
                if (!root.IsNull)
                    documents.Add(root);
            }

            return documents;
        }
        catch (YamlException error)
        {
            throw new ResourceException(new SourceLocation(file, (int)error.Start.Line), "", $"is no valid YAML: {error.Message}", error);
        }
        catch (Exception error) when (error is not ResourceException)
        {
            // The parser lets slips of its own through on some broken input (InvalidOperationException, IndexOutOfRangeException ...).
            var line = (int)(parser.Current?.End.Line ?? 1);
            throw new ResourceException(new SourceLocation(file, line), "", "is no valid YAML: the parser stopped after this line", error);
        }
    }

    private sealed class Builder(Parser parser, string file, StringComparison keys)
    {
        private readonly Dictionary<string, YamlNode> _anchors = [];
        private int _nodes;

        public YamlNode Read(string path, int depth)
        {
            var start = parser.Current!;
            var location = new SourceLocation(file, (int)start.Start.Line);
            if (depth > MaxDepth)
                throw new ResourceException(location, "", $"nests deeper than {MaxDepth} levels");
            if (++_nodes > MaxNodes)
                throw new ResourceException(location, "", $"holds more than {MaxNodes} values");
            if (parser.TryConsume<AnchorAlias>(out var alias))
            {
                return _anchors.TryGetValue(alias.Value.Value, out var target)
                    ? target
                    : throw new ResourceException(location, path, $"refers to '*{alias.Value.Value}', which is not defined above it");
            }

            var anchor = (start as NodeEvent)?.Anchor ?? AnchorName.Empty;
            YamlNode node = start switch
            {
                Scalar scalar => ReadScalar(scalar, location, path),
                SequenceStart => ReadList(location, path, depth),
                MappingStart => ReadMap(location, path, depth),
                _ => throw new ResourceException(location, path, "is not a value"),
            };
            if (!anchor.IsEmpty)
                _anchors[anchor.Value] = node;
            return node;
        }

        private YamlScalar ReadScalar(Scalar scalar, SourceLocation location, string path)
        {
            parser.MoveNext();
            return new YamlScalar(location, path, scalar.Value, scalar is { Style: ScalarStyle.Plain, IsPlainImplicit: true });
        }

        private YamlList ReadList(SourceLocation location, string path, int depth)
        {
            parser.MoveNext();
            var items = new List<YamlNode>();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(Read($"{path}[{items.Count}]", depth + 1));
            }

            return new YamlList(location, path, items);
        }

        private YamlMap ReadMap(SourceLocation location, string path, int depth)
        {
            parser.MoveNext();
            var entries = new List<KeyValuePair<string, YamlNode>>();
            var merged = new List<YamlMap>();
            var seen = new HashSet<string>(StringComparer.Ordinal);
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                if (Read(path, depth + 1) is not YamlScalar key)
                    throw new ResourceException(new SourceLocation(file, (int)parser.Current!.Start.Line), path, "has a key that is not a single value");
                var valuePath = path.Length == 0 ? key.Text : $"{path}.{key.Text}";
                var value = Read(valuePath, depth + 1);
                if (key is { IsPlain: true, Text: "<<" })
                    merged.AddRange(value is YamlList many ? many.Items.Select(item => item.AsMap()) : [value.AsMap()]);
                else if (seen.Add(key.Text))
                    entries.Add(new(key.Text, value));
                else
                    throw new ResourceException(key.Location, valuePath, "is given twice");
            }

            entries.AddRange(merged.SelectMany(map => map.Entries).Where(entry => seen.Add(entry.Key)));
            if ((_nodes += merged.Sum(map => map.Entries.Count)) > MaxNodes)
                throw new ResourceException(location, path, $"holds more than {MaxNodes} values");
            return new YamlMap(location, path, entries, keys);
        }
    }
}
