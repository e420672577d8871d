using System.Globalization;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Resources.Loading;

namespace Sidecar.Components;

/// <summary>
/// Reads typed metadata of a component the way Dapr decodes it; every refusal names the file, the line and the key.
/// </summary>
internal static class ComponentMetadata
{
    /// <summary>Text under the first of the names that is set and not empty; names after the first are Dapr's aliases.</summary>
    public static string? Text(this Component component, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (component.Metadata.TryGetValue(name, out var value) && value.Length > 0)
                return value;
        }

        return null;
    }

    /// <summary>Text that must be there.</summary>
    public static string RequiredText(this Component component, params ReadOnlySpan<string> names) =>
        component.Text(names) ?? throw new ComponentException(component, names[0], "is missing or empty; add it under spec.metadata");

    /// <summary>A truth value: <c>true</c>, <c>yes</c>, <c>y</c>, <c>on</c>, <c>t</c> and <c>1</c> are true in Dapr, everything else is false.</summary>
    public static bool Flag(this Component component, string name) =>
        component.Text(name) is { } text && text.Trim().ToUpperInvariant() is "TRUE" or "YES" or "Y" or "ON" or "T" or "1";

    /// <summary>A duration: a plain number counts seconds, anything else is written as in Go (<c>1h30m</c>, <c>250ms</c>).</summary>
    public static TimeSpan Duration(this Component component, TimeSpan fallback, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (component.Text(name) is not { } text)
                continue;
            if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
                return TimeSpan.FromSeconds(seconds);
            return GoDuration.TryParse(text, out var duration)
                ? duration
                : throw new ComponentException(component, name, $"is '{text}', which is no duration; write seconds or a form such as 30s, 5m, 1h30m");
        }

        return fallback;
    }
}
