namespace Dapr.Common;

/// <summary>The sidecar offers no known variant of a feature, neither the stable method nor an earlier preview of it.</summary>
public sealed class DaprFeatureNotAvailableException : DaprException
{
    /// <summary>Names the feature and the variants that were tried.</summary>
    public DaprFeatureNotAvailableException(string featureName, string[] checkedVariants)
        : base($"The Dapr runtime does not offer '{featureName}' in any of the variants tried: {string.Join(", ", checkedVariants)}. Use a newer runtime.")
    {
        FeatureName = featureName;
        CheckedVariants = checkedVariants;
    }

    /// <summary>The feature that was asked for.</summary>
    public string FeatureName { get; }

    /// <summary>The methods that were tried, in order.</summary>
    public IReadOnlyList<string> CheckedVariants { get; }
}
