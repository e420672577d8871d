namespace Dapr.Actors.Communication;

/// <summary>A value of an actor's state as the sidecar answered it.</summary>
/// <typeparam name="T">Type of the value.</typeparam>
public class ActorStateResponse<T>
{
    /// <summary>A value, and when it expires.</summary>
    public ActorStateResponse(T value, DateTimeOffset? ttlExpireTime)
    {
        Value = value;
        TTLExpireTime = ttlExpireTime;
    }

    /// <summary>The value.</summary>
    public T Value { get; }

    /// <summary>When it expires; null for never.</summary>
    public DateTimeOffset? TTLExpireTime { get; }
}
