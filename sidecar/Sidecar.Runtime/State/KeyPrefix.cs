using Sidecar.Runtime.Components;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.State;

/// <summary>What a component's <c>keyPrefix</c> puts before the keys of apps, so that they do not meet in one store.</summary>
internal static class KeyPrefix
{
    /// <summary>Stands between the parts of a full key, and may therefore be in none of them.</summary>
    public const string Separator = "||";

    /// <summary>A full key without its prefix, whatever prefix that is.</summary>
    public static string Without(string fullKey)
    {
        var at = fullKey.IndexOf(Separator, StringComparison.Ordinal);
        return at < 0 ? fullKey : fullKey[(at + Separator.Length)..];
    }

    /// <summary>The prefix, with its separator; empty for none. daprd reads the strategy in lower case, a prefix of one's own too (<c>pkg/components/state/state_config.go</c>).</summary>
    /// <exception cref="ComponentException">The prefix holds the separator.</exception>
    public static string Of(Component component, SidecarOptions options)
    {
        var strategy = component.Metadata.TryGetValue("keyPrefix", out var value) && value.Length > 0 ? value.ToLowerInvariant() : "appid";
        if (strategy.Contains(Separator, StringComparison.Ordinal))
            throw new ComponentException(component, "keyPrefix", $"can't contain '{Separator}'");

        return strategy switch
        {
            "appid" => options.AppId + Separator,
            "name" => component.Name + Separator,
            "namespace" when options.Namespace is not ("" or "default") => $"{options.Namespace}.{options.AppId}{Separator}",
            "namespace" => options.AppId + Separator,
            "none" => "",
            _ => strategy + Separator,
        };
    }
}
