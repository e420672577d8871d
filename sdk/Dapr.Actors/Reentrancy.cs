#nullable enable
namespace Dapr.Actors;

/// <summary>The chain of calls that the current turn is part of; calls made from here carry it on.</summary>
internal static class Reentrancy
{
    private static readonly AsyncLocal<string?> Current = new();

    /// <summary>The chain's id; null when the sidecar gave none.</summary>
    public static string? ChainId
    {
        get => Current.Value;
        set => Current.Value = value;
    }
}
