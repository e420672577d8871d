using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Deployment.Tests.Files;

/// <summary>Reads YAML by paths of keys; what is not there is null or empty.</summary>
internal static class Yaml
{
    /// <summary>The documents of a text that hold something.</summary>
    public static IReadOnlyList<YamlMappingNode> Documents(string text)
    {
        var stream = new YamlStream();
        using var reader = new StringReader(text);
        stream.Load(reader);
        return [.. stream.Documents.Select(document => document.RootNode).OfType<YamlMappingNode>()];
    }

    /// <summary>The documents of a file of the checkout; an error names the file.</summary>
    public static IReadOnlyList<YamlMappingNode> Documents(this Checkout checkout, string path)
    {
        try
        {
            return Documents(checkout.Read(path));
        }
        catch (YamlException error)
        {
            throw new InvalidDataException($"{path}:{error.Start.Line}: is no YAML: {error.Message}", error);
        }
    }

    public static YamlNode? At(this YamlNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var key in path)
        {
            node = node is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;
        }

        return node;
    }

    public static string? Text(this YamlNode? node, params ReadOnlySpan<string> path) => (node.At(path) as YamlScalarNode)?.Value;

    public static IEnumerable<YamlNode> Items(this YamlNode? node, params ReadOnlySpan<string> path) => node.At(path) is YamlSequenceNode list ? list.Children : [];

    public static IEnumerable<(string Key, YamlNode KeyNode, YamlNode Value)> Entries(this YamlNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is YamlMappingNode map ? map.Children.Select(entry => (((YamlScalarNode)entry.Key).Value!, entry.Key, entry.Value)) : [];

    public static IEnumerable<string> Texts(this YamlNode? node, params ReadOnlySpan<string> path) => node.Items(path).OfType<YamlScalarNode>().Select(scalar => scalar.Value!);

    /// <summary>Where a value stands; the file as a whole for one that is not there.</summary>
    public static Place In(this YamlNode? node, string file) => new(file, node?.Start.Line ?? 0);

    /// <summary>What a value is to Kubernetes: string, integer, number, boolean, null, array or object.</summary>
    public static string TypeOf(this YamlNode node) => node switch
    {
        YamlMappingNode => "object",
        YamlSequenceNode => "array",
        YamlScalarNode { Style: ScalarStyle.Plain, Tag.IsEmpty: true } plain => TypeOfPlain(plain.Value!),
        _ => "string",
    };

    private static string TypeOfPlain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => "null",
        // What YAML 1.1 takes for a truth value too, as Kubernetes' reader does.
        "true" or "True" or "TRUE" or "false" or "False" or "FALSE" or "yes" or "Yes" or "no" or "No" or "on" or "On" or "off" or "Off" => "boolean",
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) => "integer",
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) && text.Any(char.IsAsciiDigit) => "number",
        _ => "string",
    };
}
