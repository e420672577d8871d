namespace Dapr.Actors.Runtime;

/// <summary>How a value is dropped from an actor's memory.</summary>
public class UnloadStateOptions
{
    /// <summary>Only a value that was not changed.</summary>
    public UnloadStateOptions()
    {
    }

    /// <summary>Whether a change that was not saved may be lost.</summary>
    public bool AllowUnloadingWhenStateModified { get; set; }
}
