namespace Dapr.Actors.Runtime;

/// <summary>What happened to a value since the actor's state was saved.</summary>
public enum StateChangeKind
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It is new.</summary>
    Add = 1,

    /// <summary>It is another one.</summary>
    Update = 2,

    /// <summary>It is gone.</summary>
    Remove = 3,
}
