using Microsoft.Extensions.Options;

namespace Dapr.Workflow.Versioning;

/// <summary>What all strategies do alike with the text of a version.</summary>
internal static class VersionText
{
    public delegate bool Parser<T>(string text, out T value);

    public static StringComparison Comparison(bool ignoreCase) => ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    public static string OrElse(string? text, string otherwise) => string.IsNullOrWhiteSpace(text) ? otherwise : text;

    public static T? OptionsOf<T>(IOptionsMonitor<T>? monitor, WorkflowVersionStrategyContext context)
        where T : class => monitor?.Get(string.IsNullOrWhiteSpace(context.OptionsName) ? Options.DefaultName : context.OptionsName);

    /// <summary>What can be read is newer than what cannot, and that newer than nothing.</summary>
    public static int Compare<T>(string? v1, string? v2, Parser<T> parse)
        where T : IComparable<T>
    {
        if (v1 is null || v2 is null)
            return (v1 is not null).CompareTo(v2 is not null);
        return (parse(v1.Trim(), out var a), parse(v2.Trim(), out var b)) switch
        {
            (true, true) => a.CompareTo(b),
            (true, false) => 1,
            (false, true) => -1,
            _ => string.CompareOrdinal(v1, v2),
        };
    }
}
