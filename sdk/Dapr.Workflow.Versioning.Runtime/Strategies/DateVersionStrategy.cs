using System.Globalization;
using Microsoft.Extensions.Options;

namespace Dapr.Workflow.Versioning;

/// <summary>Versions are dates at the end of the name: <c>OrderWorkflow20261122</c>.</summary>
/// <param name="optionsMonitor">Where the options come from; null for the defaults.</param>
public sealed class DateVersionStrategy(IOptionsMonitor<DateVersionStrategyOptions>? optionsMonitor = null) : IWorkflowVersionStrategy, IWorkflowVersionStrategyContextConsumer
{
    private DateVersionStrategyOptions _options = new();

    private string Format => VersionText.OrElse(_options.DateFormat, "yyyyMMdd");

    /// <inheritdoc/>
    public void Configure(WorkflowVersionStrategyContext context) => _options = VersionText.OptionsOf(optionsMonitor, context) ?? _options;

    /// <inheritdoc/>
    public bool TryParse(string typeName, out string canonicalName, out string version)
    {
        (canonicalName, version) = (string.Empty, string.Empty);
        if (string.IsNullOrWhiteSpace(typeName))
            return false;
        var prefix = _options.Prefix ?? string.Empty;
        var length = DateTime.UnixEpoch.ToString(Format, CultureInfo.InvariantCulture).Length;
        if (typeName.Length > length && TryParseDate(typeName[^length..], out _))
        {
            var name = typeName[..^length];
            if (name.Length <= prefix.Length || !name.EndsWith(prefix, VersionText.Comparison(_options.IgnorePrefixCase)))
                return false;
            (canonicalName, version) = (name[..^prefix.Length], typeName[^length..]);
            return true;
        }

        if (_options.AllowNoSuffix)
            (canonicalName, version) = (typeName, VersionText.OrElse(_options.DefaultVersion, "0"));
        return _options.AllowNoSuffix;
    }

    /// <inheritdoc/>
    public int Compare(string? v1, string? v2) => VersionText.Compare<DateTime>(v1, v2, TryParseDate);

    private bool TryParseDate(string text, out DateTime date) => DateTime.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
}

/// <summary>How <see cref="DateVersionStrategy"/> reads names.</summary>
public sealed class DateVersionStrategyOptions
{
    /// <summary>Format of the date, as .NET writes it.</summary>
    public string DateFormat { get; set; } = "yyyyMMdd";

    /// <summary>Stands before the date; empty for nothing.</summary>
    public string Prefix { get; set; } = string.Empty;

    /// <summary>The prefix may be written in capitals or not.</summary>
    public bool IgnorePrefixCase { get; set; }

    /// <summary>A name without a date is the default version.</summary>
    public bool AllowNoSuffix { get; set; }

    /// <summary>The version of a name without a date.</summary>
    public string DefaultVersion { get; set; } = "0";
}
