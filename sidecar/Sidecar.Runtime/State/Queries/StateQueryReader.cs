using System.Text.Json;

namespace Sidecar.Runtime.State.Queries;

/// <summary>Reads the JSON of a query: <c>{"filter":…,"sort":[…],"page":{…}}</c>, each of them optional.</summary>
internal static class StateQueryReader
{
    /// <exception cref="FormatException">It is no query; the message says what is wrong.</exception>
    public static StateQuery Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw new FormatException("a query is a JSON object");
            var (limit, token) = root.TryGetProperty("page", out var page) ? ReadPage(page) : (0, "");
            return new StateQuery(
                root.TryGetProperty("filter", out var filter) ? ReadFilter(filter) : null, root.TryGetProperty("sort", out var sort) ? ReadSort(sort) : [], limit, token);
        }
        catch (JsonException error)
        {
            throw new FormatException(error.Message, error);
        }
    }

    private static QueryFilter ReadFilter(JsonElement filter)
    {
        if (filter.ValueKind != JsonValueKind.Object)
            throw new FormatException("filter unit must be a map");
        var entries = filter.EnumerateObject().ToArray();
        if (entries.Length != 1)
            throw new FormatException("filter unit must have a single element");
        var (name, operand) = (entries[0].Name, entries[0].Value);
        return name switch
        {
            "EQ" => Compare(name, operand, QueryComparison.Equal),
            "NEQ" => Compare(name, operand, QueryComparison.NotEqual),
            "GT" => Compare(name, operand, QueryComparison.Greater),
            "GTE" => Compare(name, operand, QueryComparison.GreaterOrEqual),
            "LT" => Compare(name, operand, QueryComparison.Less),
            "LTE" => Compare(name, operand, QueryComparison.LessOrEqual),
            "IN" => ReadAnyOf(operand),
            "AND" or "OR" => ReadJoined(name, operand),
            _ => throw new FormatException($"unsupported filter \"{name}\""),
        };
    }

    private static ComparisonFilter Compare(string name, JsonElement operand, QueryComparison comparison)
    {
        var (key, value) = ReadPair(name, operand);
        if (comparison is not (QueryComparison.Equal or QueryComparison.NotEqual) && value.ValueKind == JsonValueKind.String)
            throw new FormatException($"unsupported type of value {value.GetString()}; string type not permitted");
        return new ComparisonFilter(key, comparison, Text(value));
    }

    private static AnyOfFilter ReadAnyOf(JsonElement operand)
    {
        var (key, values) = ReadPair("IN", operand);
        if (values.ValueKind != JsonValueKind.Array)
            throw new FormatException("IN filter value must be an array");
        if (values.GetArrayLength() == 0)
            throw new FormatException($"empty IN operator for key \"{key}\"");
        return new AnyOfFilter(key, [.. values.EnumerateArray().Select(Text)]);
    }

    private static JoinedFilter ReadJoined(string name, JsonElement operand)
    {
        if (operand.ValueKind != JsonValueKind.Array)
            throw new FormatException($"{name} filter must be an array");
        if (operand.GetArrayLength() < 2)
            throw new FormatException($"{name} filter must contain at least two entries");
        return new JoinedFilter(name == "AND", [.. operand.EnumerateArray().Select(ReadFilter)]);
    }

    private static (string Key, JsonElement Value) ReadPair(string name, JsonElement operand)
    {
        if (operand.ValueKind != JsonValueKind.Object)
            throw new FormatException($"{name} filter must be a map");
        var pairs = operand.EnumerateObject().ToArray();
        return pairs.Length == 1 ? (pairs[0].Name, pairs[0].Value) : throw new FormatException($"{name} filter must contain a single key/value pair");
    }

    private static QuerySort[] ReadSort(JsonElement sort)
    {
        if (sort.ValueKind != JsonValueKind.Array)
            throw new FormatException("\"sort\" must be an array");
        return [.. sort.EnumerateArray().Select(field =>
        {
            if (field.ValueKind != JsonValueKind.Object || !field.TryGetProperty("key", out var key) || key.ValueKind != JsonValueKind.String)
                throw new FormatException("an entry of \"sort\" is a map with a \"key\"");
            var order = field.TryGetProperty("order", out var given) ? given.ToString() : "";
            return new QuerySort(key.GetString()!, order.ToUpperInvariant() switch
            {
                "" or "ASC" => false,
                "DESC" => true,
                _ => throw new FormatException($"the order of \"{key}\" is \"{order}\"; there are ASC and DESC"),
            });
        })];
    }

    private static (int Limit, string Token) ReadPage(JsonElement page)
    {
        if (page.ValueKind != JsonValueKind.Object)
            throw new FormatException("\"page\" must be a map");
        var limit = 0;
        if (page.TryGetProperty("limit", out var most) && (most.ValueKind != JsonValueKind.Number || !most.TryGetInt32(out limit)))
            throw new FormatException($"\"limit\" of the page is {most.GetRawText()}, which is no number of documents");
        return (Math.Max(0, limit), page.TryGetProperty("token", out var token) && token.ValueKind == JsonValueKind.String ? token.GetString()! : "");
    }

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
