using Microsoft.Extensions.Options;

namespace Dapr.Workflow.Versioning;

/// <summary>Versions are those of semver.org, told by <see cref="WorkflowVersionAttribute"/> or, where a name may hold them, at its end: <c>orderv1.2.3-beta.1</c>.</summary>
/// <param name="optionsMonitor">Where the options come from; null for the defaults.</param>
public sealed class SemVerVersionStrategy(IOptionsMonitor<SemVerVersionStrategyOptions>? optionsMonitor = null) : IWorkflowVersionStrategy, IWorkflowVersionStrategyContextConsumer
{
    private SemVerVersionStrategyOptions _options = new();

    /// <inheritdoc/>
    public void Configure(WorkflowVersionStrategyContext context) => _options = VersionText.OptionsOf(optionsMonitor, context) ?? _options;

    /// <inheritdoc/>
    public bool TryParse(string typeName, out string canonicalName, out string version)
    {
        (canonicalName, version) = (string.Empty, string.Empty);
        if (string.IsNullOrWhiteSpace(typeName))
            return false;
        var prefix = _options.Prefix ?? string.Empty;
        var at = prefix.Length > 0 ? typeName.LastIndexOf(prefix, VersionText.Comparison(_options.IgnorePrefixCase)) : StartOfVersion(typeName);
        if (at > 0 && TryParseVersion(typeName[(at + prefix.Length)..], out _))
        {
            (canonicalName, version) = (typeName[..at], typeName[(at + prefix.Length)..]);
            return true;
        }

        // What stands behind a prefix and is no version is a slip, not a name.
        if (!_options.AllowNoSuffix || (prefix.Length > 0 && at >= 0))
            return false;
        (canonicalName, version) = (typeName, VersionText.OrElse(_options.DefaultVersion, "0.0.0"));
        return true;
    }

    /// <inheritdoc/>
    public int Compare(string? v1, string? v2) => VersionText.Compare<SemanticVersion>(v1, v2, TryParseVersion);

    private static int StartOfVersion(string name)
    {
        for (var at = 1; at < name.Length; at++)
        {
            if (char.IsAsciiDigit(name[at]) && !char.IsAsciiDigit(name[at - 1]) && SemanticVersion.TryParse(name[at..], out _))
                return at;
        }

        return -1;
    }

    private bool TryParseVersion(string text, out SemanticVersion version) =>
        SemanticVersion.TryParse(text, out version) && (_options.AllowPrerelease || !version.IsPrerelease) && (_options.AllowBuildMetadata || !version.HasBuild);
}

/// <summary>How <see cref="SemVerVersionStrategy"/> reads names.</summary>
public sealed class SemVerVersionStrategyOptions
{
    /// <summary>Stands before the version; empty for nothing.</summary>
    public string Prefix { get; set; } = "v";

    /// <summary>The prefix may be written in capitals or not.</summary>
    public bool IgnorePrefixCase { get; set; }

    /// <summary>A version may say <c>-beta.1</c>.</summary>
    public bool AllowPrerelease { get; set; } = true;

    /// <summary>A version may say <c>+build.5</c>.</summary>
    public bool AllowBuildMetadata { get; set; } = true;

    /// <summary>A name without a version is the default version.</summary>
    public bool AllowNoSuffix { get; set; }

    /// <summary>The version of a name without one.</summary>
    public string DefaultVersion { get; set; } = "0.0.0";
}
