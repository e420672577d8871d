namespace Dapr.Actors.Runtime;

/// <summary>Which turn of an actor begins or has ended.</summary>
public struct ActorMethodContext
{
    internal ActorMethodContext(string methodName, ActorCallType callType)
    {
        MethodName = methodName;
        CallType = callType;
    }

    /// <summary>The method; <c>ReceiveReminderAsync</c> for a reminder, <c>FireTimerAsync</c> for a timer.</summary>
    public string MethodName { get; }

    /// <summary>What the turn was asked for by.</summary>
    public ActorCallType CallType { get; }
}
