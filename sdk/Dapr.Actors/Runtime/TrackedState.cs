#nullable enable
namespace Dapr.Actors.Runtime;

/// <summary>A value in an actor's memory.</summary>
internal sealed record TrackedState(object? Value, Type Type, StateChangeKind Change, DateTimeOffset? Expires)
{
    /// <summary>Whether the actor has it.</summary>
    public bool IsThere => Change != StateChangeKind.Remove && !IsExpired;

    public bool IsExpired => Expires <= DateTimeOffset.UtcNow;

    /// <summary>The same name with another value: still new if it was new.</summary>
    public TrackedState With<T>(T value, DateTimeOffset? expires) =>
        new(value, typeof(T), Change == StateChangeKind.Add ? StateChangeKind.Add : StateChangeKind.Update, expires);
}
