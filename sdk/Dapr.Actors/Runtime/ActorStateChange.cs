namespace Dapr.Actors.Runtime;

/// <summary>A change that is to be saved.</summary>
public sealed class ActorStateChange
{
    /// <summary>A change of the value <paramref name="stateName"/>.</summary>
    public ActorStateChange(string stateName, Type type, object value, StateChangeKind changeKind, DateTimeOffset? ttlExpireTime)
    {
        ArgumentNullException.ThrowIfNull(stateName);
        StateName = stateName;
        Type = type;
        Value = value;
        ChangeKind = changeKind;
        TTLExpireTime = ttlExpireTime;
    }

    /// <summary>The name of the value.</summary>
    public string StateName { get; }

    /// <summary>The type that it is written as.</summary>
    public Type Type { get; }

    /// <summary>The value.</summary>
    public object Value { get; }

    /// <summary>What happened to it.</summary>
    public StateChangeKind ChangeKind { get; }

    /// <summary>When it expires; null for never.</summary>
    public DateTimeOffset? TTLExpireTime { get; }
}
