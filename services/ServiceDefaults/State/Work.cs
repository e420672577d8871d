namespace ServiceDefaults.State;

/// <summary>What one unit of work is about.</summary>
/// <param name="Partition">The order: its events are published in the order in which they were committed. Null for work that publishes nothing.</param>
/// <param name="Origin">Where the command came from.</param>
/// <param name="Keys">Every document that the decision may read or write.</param>
public sealed record Work(string? Partition, Origin Origin, params IReadOnlyList<string> Keys)
{
    /// <summary>Those of <see cref="Keys"/> that many orders change: within a process their commits take turns instead of refusing each other; between processes the versions decide.</summary>
    public IReadOnlyList<string> Shared { get; init; } = [];
}

/// <summary>Where a command came from.</summary>
/// <param name="MessageId">CloudEvent id, remembered by the inbox; null for anything but a message.</param>
/// <param name="IsCall">Whether it came by service invocation.</param>
public readonly record struct Origin(string? MessageId, bool IsCall)
{
    /// <summary>Service invocation.</summary>
    public static Origin Call => new(null, true);

    /// <summary>A first step of handling something: the inbox must not know the message before its last step is done.</summary>
    public static Origin Step => new(null, false);

    /// <summary>A message.</summary>
    public static Origin Message(string id) => new(id, false);
}
