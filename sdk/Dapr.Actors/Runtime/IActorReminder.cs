namespace Dapr.Actors.Runtime;

/// <summary>A reminder that was registered.</summary>
public interface IActorReminder
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>How long after its registration it is due.</summary>
    TimeSpan DueTime { get; }

    /// <summary>How often it comes afterwards; negative for never.</summary>
    TimeSpan Period { get; }

    /// <summary>What it brings along.</summary>
    byte[] State { get; }
}
