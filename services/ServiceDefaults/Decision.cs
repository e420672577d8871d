namespace ServiceDefaults;

/// <summary>What a pure rule decided: the state that follows, and the facts to publish with it.</summary>
/// <typeparam name="TState">The aggregate.</typeparam>
/// <param name="State">The new state, or null when nothing changes.</param>
/// <param name="Events">Facts, in order.</param>
public readonly record struct Decision<TState>(TState? State, params IReadOnlyList<object> Events)
    where TState : class
{
    public static implicit operator Decision<TState>(Decision.NothingToDo nothing) => new(null, []);
}

/// <summary>Decisions that need no state.</summary>
public static class Decision
{
    /// <summary>A repeat, or too late to matter: nothing changes and nothing is said.</summary>
    public static NothingToDo Nothing => default;

    /// <summary>Stands for <see cref="Nothing"/> of any aggregate.</summary>
    public readonly record struct NothingToDo;
}
