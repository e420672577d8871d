namespace Conformance;

/// <summary>What a state store promises. A promise that Dapr's own component does not keep is shown to be missing by that store's tests.</summary>
public sealed record StateStorePromises
{
    /// <summary>A version of the store's own form that no stored value has.</summary>
    public string ForeignETag { get; init; } = "11111111-2222-3333-4444-555555555555";

    /// <summary>A transaction with one refused change makes none of its changes.</summary>
    public bool RollsBack { get; init; } = true;

    /// <summary>A change that names an ETag is refused when there is no such key.</summary>
    public bool ChecksETagOfMissingKey { get; init; } = true;

    /// <summary>A save without a time to live lifts the limit of an earlier save.</summary>
    public bool SaveClearsTimeToLive { get; init; } = true;

    /// <summary>How exactly the store tells when a value lapses.</summary>
    public TimeSpan ClockPrecision { get; init; } = TimeSpan.FromMilliseconds(1);
}
