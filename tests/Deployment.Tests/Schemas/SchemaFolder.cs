using System.Text.Json.Nodes;
using Deployment.Tests.Files;
using Deployment.Tests.Rendering;

namespace Deployment.Tests.Schemas;

/// <summary>The schemas of k8s/schemas: one for each kind that is used, closed, so that a field which the kind does not have is an error and not ignored.</summary>
internal static class SchemaFolder
{
    private const string Folder = "k8s/schemas";

    /// <summary>A JsonObject reads itself when it is first looked at: one thread at a time.</summary>
    private static readonly Lock s_gate = new();

    private static readonly Dictionary<string, JsonObject> s_read = [];
    private static readonly JsonSchema s_validator = new(Read);

    private static readonly Lazy<IReadOnlyDictionary<(string ApiVersion, string Kind), string>> s_kinds = new(() =>
        (from file in Checkout.Here.Files(Folder, ".json")
         let name = file[(Folder.Length + 1)..]
         let properties = Read(name)["properties"]
         where properties is not null
         select (Key: (properties!["apiVersion"]!["const"]!.GetValue<string>(), properties!["kind"]!["const"]!.GetValue<string>()), name))
        .ToDictionary(schema => schema.Key, schema => schema.name));

    public static IEnumerable<(string ApiVersion, string Kind)> Kinds
    {
        get
        {
            lock (s_gate)
                return s_kinds.Value.Keys;
        }
    }

    /// <summary>What is wrong with an object, in sentences that name it.</summary>
    public static IReadOnlyList<string> Check(KubeObject item)
    {
        lock (s_gate)
        {
            return s_kinds.Value.TryGetValue((item.ApiVersion, item.Kind), out var schema)
                ? [.. s_validator.Check(item.Node, schema).Select(problem => $"{item}: {problem.TrimStart('.')} ({Folder}/{schema})")]
                : [$"{item}: there is no schema of {item.ApiVersion} {item.Kind}; write one in {Folder}"];
        }
    }

    private static JsonObject Read(string name)
    {
        if (!s_read.TryGetValue(name, out var schema))
            s_read.Add(name, schema = JsonNode.Parse(Checkout.Here.Read($"{Folder}/{name}"))!.AsObject());
        return schema;
    }
}
