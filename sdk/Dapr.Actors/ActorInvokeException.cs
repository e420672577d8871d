namespace Dapr.Actors;

/// <summary>An exception that an actor threw, as far as it travels: the name of its type and its message.</summary>
public class ActorInvokeException : Exception
{
    /// <summary>An exception about which nothing is known.</summary>
    public ActorInvokeException()
    {
    }

    /// <summary>An exception of the type with the full name <paramref name="actualExceptionType"/>.</summary>
    public ActorInvokeException(string actualExceptionType, string message)
        : base(message)
    {
        ActualExceptionType = actualExceptionType;
    }

    /// <summary>Full name of the type that the actor threw.</summary>
    public string ActualExceptionType { get; private set; }
}
