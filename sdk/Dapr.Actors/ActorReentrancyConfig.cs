namespace Dapr.Actors;

/// <summary>Whether a chain of calls may come back to an actor that is part of it.</summary>
public sealed class ActorReentrancyConfig
{
    /// <summary>Whether it may; no unless said.</summary>
    public bool Enabled { get; set; }

    /// <summary>How often it may; the sidecar's limit (32) unless said.</summary>
    public int? MaxStackDepth { get; set; }
}
