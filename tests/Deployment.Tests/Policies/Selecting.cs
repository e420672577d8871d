using Deployment.Tests.Files;
using YamlDotNet.RepresentationModel;

namespace Deployment.Tests.Policies;

/// <summary>Kubernetes' label selectors.</summary>
internal static class Selecting
{
    /// <summary>True when a selector takes something with these labels; an empty selector takes everything.</summary>
    public static bool Takes(this YamlNode? selector, IReadOnlyDictionary<string, string> labels) =>
        selector.Entries("matchLabels").All(label => labels.GetValueOrDefault(label.Key) == label.Value.Text())
        && selector.Items("matchExpressions").All(expression => Holds(expression, labels.GetValueOrDefault(expression.Text("key")!)));

    private static bool Holds(YamlNode expression, string? value) => expression.Text("operator") switch
    {
        "In" => value is not null && expression.Texts("values").Contains(value),
        "NotIn" => value is null || !expression.Texts("values").Contains(value),
        "Exists" => value is not null,
        _ => value is null,
    };
}
