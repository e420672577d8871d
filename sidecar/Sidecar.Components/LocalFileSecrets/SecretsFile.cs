using System.Globalization;
using System.Text.Json;

namespace Sidecar.Components.LocalFileSecrets;

/// <summary>How a JSON document becomes secrets: nested names are joined by a separator, array elements count from zero.</summary>
internal static class SecretsFile
{
    /// <summary>Every scalar is a secret of its own, named by its path (<c>redis:password</c>).</summary>
    public static Dictionary<string, IReadOnlyDictionary<string, string>> ReadFlat(JsonElement root, string separator)
    {
        var secrets = new Dictionary<string, IReadOnlyDictionary<string, string>>();
        foreach (var (name, value) in Flatten(root, separator))
            secrets.Add(name, new Dictionary<string, string> { [name] = value });
        return secrets;
    }

    /// <summary>Every name of the first level is a secret; an object there is one secret with several values, and what is neither text nor object is none, as in Dapr.</summary>
    public static Dictionary<string, IReadOnlyDictionary<string, string>> ReadMultiValued(JsonElement root, string separator)
    {
        var secrets = new Dictionary<string, IReadOnlyDictionary<string, string>>();
        foreach (var property in root.EnumerateObject())
        {
            if (property.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.String))
                continue;
            IReadOnlyDictionary<string, string> values = property.Value.ValueKind == JsonValueKind.Object
                ? Flatten(property.Value, separator)
                : new Dictionary<string, string> { [property.Name] = Scalar(property.Value) };
            if (!secrets.TryAdd(property.Name, values))
                throw new DuplicateSecretException(property.Name);
        }

        return secrets;
    }

    private static Dictionary<string, string> Flatten(JsonElement root, string separator)
    {
        var values = new Dictionary<string, string>();
        Visit(root, "");
        return values;

        void Visit(JsonElement element, string path)
        {
            if (element.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in element.EnumerateObject())
                    Visit(property.Value, Join(path, property.Name));
            }
            else if (element.ValueKind == JsonValueKind.Array)
            {
                for (var i = 0; i < element.GetArrayLength(); i++)
                    Visit(element[i], Join(path, i.ToString(CultureInfo.InvariantCulture)));
            }
            else if (!values.TryAdd(path, Scalar(element)))
            {
                throw new DuplicateSecretException(path);
            }
        }

        string Join(string path, string name) => path.Length == 0 ? name : path + separator + name;
    }

    private static string Scalar(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString()!,
        JsonValueKind.Null => "",
        _ => element.GetRawText(),
    };
}

/// <summary>Two values of a secrets file come out under one name.</summary>
internal sealed class DuplicateSecretException(string name) : Exception($"secret '{name}' occurs twice");
