using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Deployment.Tests.Files;
using YamlDotNet.RepresentationModel;

namespace Deployment.Tests.Schemas;

/// <summary>
/// Checks YAML against the part of JSON Schema that k8s/schemas uses. JsonSchema.Net cannot be restored from every package source (JsonPointer.Net is missing there), and this is all it takes.
/// A keyword that is not known is an error, so that no schema can ask for something in vain.
/// </summary>
internal sealed class JsonSchema
{
    private static readonly string[] s_ignored = ["$schema", "$id", "$comment", "title", "description", "$defs"];

    private static readonly ConcurrentDictionary<string, Regex> s_patterns = new();

    private readonly Func<string, JsonObject> _read;

    /// <param name="read">Reads a schema file by its name.</param>
    public JsonSchema(Func<string, JsonObject> read) => _read = read;

    /// <summary>What is wrong with a value, each with the path to it; nothing when all is well.</summary>
    public IReadOnlyList<string> Check(YamlNode value, string schemaFile)
    {
        var problems = new List<string>();
        Check(value, _read(schemaFile), schemaFile, "", problems);
        return problems;
    }

    private void Check(YamlNode value, JsonNode? schema, string file, string path, List<string> problems)
    {
        if (schema is not JsonObject rules)
        {
            if (schema is JsonValue && !schema.GetValue<bool>())
                problems.Add($"{path} may not be given");
            return;
        }

        var count = problems.Count;
        foreach (var (keyword, rule) in rules)
        {
            switch (keyword)
            {
                case "$ref":
                    var (target, targetFile) = Resolve(rule!.GetValue<string>(), file);
                    Check(value, target, targetFile, path, problems);
                    break;
                case "type":
                    CheckType(value, rule!, path, problems);
                    break;
                case "const":
                    if (value.Text() != Text(rule!))
                        problems.Add($"{path} is '{value.Text()}', but must be '{Text(rule!)}'");
                    break;
                case "enum":
                    if (!rule!.AsArray().Any(allowed => Text(allowed!) == value.Text()))
                        problems.Add($"{path} is '{value.Text()}', but must be one of {string.Join(", ", rule.AsArray().Select(allowed => Text(allowed!)))}");
                    break;
                case "oneOf":
                    CheckOneOf(value, rule!.AsArray(), file, path, problems);
                    break;
                default:
                    if (!CheckScalar(value, keyword, rule!, path, problems) && !CheckObject(value, keyword, rule!, rules, file, path, problems) && !s_ignored.Contains(keyword))
                        throw new InvalidDataException($"{file}: the validator does not know the keyword '{keyword}'");
                    break;
            }

            // The first thing that is wrong with a value says enough; its parts come after its type.
            if (keyword == "type" && problems.Count > count)
                return;
        }
    }

    private static void CheckType(YamlNode value, JsonNode rule, string path, List<string> problems)
    {
        var type = value.TypeOf();
        var allowed = rule is JsonArray several ? several.Select(one => one!.GetValue<string>()).ToList() : [rule.GetValue<string>()];
        if (!allowed.Contains(type) && !(type == "integer" && allowed.Contains("number")))
            problems.Add($"{path} is {Article(type)}{(value is YamlScalarNode scalar ? $" ({scalar.Value})" : "")}, but must be {string.Join(" or ", allowed.Select(Article))}");
    }

    private void CheckOneOf(YamlNode value, JsonArray choices, string file, string path, List<string> problems)
    {
        var tried = choices.Select(choice =>
        {
            var found = new List<string>();
            Check(value, choice, file, path, found);
            return found;
        }).ToList();
        var fitting = tried.Count(found => found.Count == 0);
        // Of the forms that do not fit, the one with the least against it is the one that was meant.
        if (fitting == 0)
            problems.Add($"{path} fits none of {choices.Count} forms; of the nearest: {string.Join("; ", tried.MinBy(found => found.Count)!)}");
        else if (fitting > 1)
            problems.Add($"{path} fits {fitting} forms at once, but must fit one");
    }

    /// <summary>Keywords about single values; false when it is none of them.</summary>
    private static bool CheckScalar(YamlNode value, string keyword, JsonNode rule, string path, List<string> problems)
    {
        var text = (value as YamlScalarNode)?.Value;
        switch (keyword)
        {
            case "pattern":
                if (text is not null && !s_patterns.GetOrAdd(rule.GetValue<string>(), static pattern => new Regex(pattern)).IsMatch(text))
                    problems.Add($"{path} is '{text}', but must match {rule.GetValue<string>()}");
                return true;
            case "minLength":
                if (text is not null && text.Length < rule.GetValue<int>())
                    problems.Add($"{path} is too short");
                return true;
            case "maxLength":
                if (text is not null && text.Length > rule.GetValue<int>())
                    problems.Add($"{path} is longer than {rule.GetValue<int>()}");
                return true;
            case "minimum" or "maximum":
                if (value.TypeOf() is "integer" or "number" && double.Parse(text!, CultureInfo.InvariantCulture) is var number
                    && (keyword == "minimum" ? number < rule.GetValue<double>() : number > rule.GetValue<double>()))
                    problems.Add($"{path} is {text}, but the {keyword} is {rule}");
                return true;
            default:
                return false;
        }
    }

    /// <summary>Keywords about objects and lists; false when it is none of them.</summary>
    private bool CheckObject(YamlNode value, string keyword, JsonNode rule, JsonObject rules, string file, string path, List<string> problems)
    {
        switch (keyword)
        {
            case "required":
                foreach (var name in rule.AsArray().Select(name => name!.GetValue<string>()).Where(name => value is YamlMappingNode && value.At(name) is null))
                    problems.Add($"{path} has no '{name}'");
                return true;
            case "properties":
                foreach (var (name, schema) in rule.AsObject())
                {
                    if (value.At(name) is { } property)
                        Check(property, schema, file, $"{path}.{name}", problems);
                }

                return true;
            case "additionalProperties":
                var declared = rules["properties"]?.AsObject();
                foreach (var (name, _, property) in value.Entries().Where(entry => declared?.ContainsKey(entry.Key) != true))
                {
                    if (rule is JsonValue closed && !closed.GetValue<bool>())
                        problems.Add($"{path}.{name} is not a field of this{(declared is null ? "" : $"; there are {string.Join(", ", declared.Select(known => known.Key))}")}");
                    else
                        Check(property, rule, file, $"{path}.{name}", problems);
                }

                return true;
            case "propertyNames":
                foreach (var (_, name, _) in value.Entries())
                    Check(name, rule, file, $"{path}.{name.Text()}", problems);
                return true;
            case "items":
                foreach (var (item, at) in value.Items().Select((item, at) => (item, at)))
                    Check(item, rule, file, $"{path}[{at}]", problems);
                return true;
            case "minItems":
                if (value is YamlSequenceNode list && list.Children.Count < rule.GetValue<int>())
                    problems.Add($"{path} needs at least {rule}");
                return true;
            default:
                return false;
        }
    }

    private (JsonNode Schema, string File) Resolve(string reference, string file)
    {
        var (name, pointer) = reference.Split('#') is [var before, var after] ? (before, after) : (reference, "");
        var target = name.Length == 0 ? file : name;
        JsonNode? node = _read(target);
        foreach (var key in pointer.Split('/', StringSplitOptions.RemoveEmptyEntries))
            node = node?[key];
        return (node ?? throw new InvalidDataException($"{file}: $ref '{reference}' leads nowhere"), target);
    }

    private static string Text(JsonNode value) => value.GetValueKind() == System.Text.Json.JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();

    private static string Article(string type) => type is "null" ? "null" : type is "object" or "array" or "integer" ? $"an {type}" : $"a {type}";
}
