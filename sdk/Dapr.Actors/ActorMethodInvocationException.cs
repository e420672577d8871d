namespace Dapr.Actors;

/// <summary>The method of an actor threw. The inner exception is an <see cref="ActorInvokeException"/>.</summary>
[Serializable]
public class ActorMethodInvocationException : DaprApiException
{
    private const string Code = "ERR_ACTOR_INVOKE_METHOD";

    /// <summary>A failure without particulars.</summary>
    public ActorMethodInvocationException()
        : base(Code, false)
    {
    }

    /// <summary>A failure described by <paramref name="message"/>.</summary>
    public ActorMethodInvocationException(string message, bool isTransient)
        : base(message, Code, isTransient)
    {
    }

    /// <summary>A failure caused by <paramref name="innerException"/>.</summary>
    public ActorMethodInvocationException(string message, Exception innerException, bool isTransient)
        : base(message, innerException, Code, isTransient)
    {
    }
}
