using System.Globalization;
using Microsoft.Extensions.Options;

namespace Dapr.Workflow.Versioning;

/// <summary>Versions are numbers at the end of the name: <c>OrderWorkflow</c>, <c>OrderWorkflowV2</c>, <c>OrderWorkflowV10</c>. This is the default strategy.</summary>
/// <param name="optionsMonitor">Where the options come from; null for the defaults.</param>
public sealed class NumericVersionStrategy(IOptionsMonitor<NumericVersionStrategyOptions>? optionsMonitor = null) : IWorkflowVersionStrategy, IWorkflowVersionStrategyContextConsumer
{
    private NumericVersionStrategyOptions _options = new();

    /// <inheritdoc/>
    public void Configure(WorkflowVersionStrategyContext context) => _options = VersionText.OptionsOf(optionsMonitor, context) ?? _options;

    /// <inheritdoc/>
    public bool TryParse(string typeName, out string canonicalName, out string version)
    {
        (canonicalName, version) = (string.Empty, string.Empty);
        if (string.IsNullOrWhiteSpace(typeName))
            return false;
        var (prefix, comparison) = (_options.SuffixPrefix ?? string.Empty, VersionText.Comparison(_options.IgnorePrefixCase));
        var name = typeName.AsSpan().TrimEnd("0123456789");
        var digits = typeName[name.Length..];
        if (digits.Length == 0)
        {
            // A prefix without a number is a slip, not a name.
            if (!_options.AllowNoSuffix || (prefix.Length > 0 && typeName.EndsWith(prefix, comparison)))
                return false;
            (canonicalName, version) = (typeName, VersionText.OrElse(_options.DefaultVersion, "0"));
            return true;
        }

        if (name.Length <= prefix.Length || !name.EndsWith(prefix, comparison) || (_options.ZeroPad && _options.Width > 0 && digits.Length != _options.Width))
            return false;
        (canonicalName, version) = (name[..^prefix.Length].ToString(), digits);
        return true;
    }

    /// <inheritdoc/>
    public int Compare(string? v1, string? v2) => VersionText.Compare<long>(
        v1, v2, static (string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number));
}

/// <summary>How <see cref="NumericVersionStrategy"/> reads names.</summary>
public sealed class NumericVersionStrategyOptions
{
    /// <summary>Stands before the number; empty for nothing.</summary>
    public string SuffixPrefix { get; set; } = "V";

    /// <summary>The prefix may be written in capitals or not.</summary>
    public bool IgnorePrefixCase { get; set; }

    /// <summary>A name without a number is the default version.</summary>
    public bool AllowNoSuffix { get; set; } = true;

    /// <summary>Numbers have <see cref="Width"/> digits, with zeros in front.</summary>
    public bool ZeroPad { get; set; }

    /// <summary>Digits of a number; counts with <see cref="ZeroPad"/> only, and above 0.</summary>
    public int Width { get; set; }

    /// <summary>The version of a name without a number.</summary>
    public string DefaultVersion { get; set; } = "0";
}
