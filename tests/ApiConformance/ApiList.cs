using YamlDotNet.RepresentationModel;

namespace ApiConformance;

/// <summary>The list of Dapr's methods, tests/ApiConformance/api.yaml.</summary>
public static class ApiList
{
    private static readonly string[] s_levels = ["stable", "beta", "alpha", "deprecated"];

    /// <summary>Levels, the most settled first.</summary>
    public static IReadOnlyList<string> Levels => s_levels;

    /// <summary>Reads the list in its order.</summary>
    /// <exception cref="FormatException">An entry is not of the list's form; the message names it.</exception>
    public static IReadOnlyList<ApiMethod> Read(string file)
    {
        var yaml = new YamlStream();
        using (var reader = new StreamReader(file))
            yaml.Load(reader);
        var methods = new List<ApiMethod>();
        foreach (var (block, entries) in (YamlMappingNode)yaml.Documents[0].RootNode)
        {
            foreach (var (call, about) in (YamlMappingNode)entries)
                methods.Add(ReadMethod($"{block}", $"{call}", about));
        }

        return methods;
    }

    private static ApiMethod ReadMethod(string block, string call, YamlNode about)
    {
        var fields = about is YamlMappingNode map
            ? map.ToDictionary(field => $"{field.Key}", field => $"{field.Value}", StringComparer.Ordinal)
            : new Dictionary<string, string>(StringComparer.Ordinal) { ["level"] = $"{about}" };
        if (!fields.TryGetValue("level", out var level) || !s_levels.Contains(level))
            throw new FormatException($"api.yaml: '{call}' needs a level: {string.Join(", ", s_levels)}");
        if (fields.Keys.Except(["level", "differs", "missing"]).FirstOrDefault() is { } unknown)
            throw new FormatException($"api.yaml: '{call}' has an unknown field '{unknown}'");
        return new ApiMethod(block, call, level, fields.GetValueOrDefault("differs"), fields.GetValueOrDefault("missing"));
    }
}
