namespace Dapr.Actors.Communication;

/// <summary>The answer to a remoting call.</summary>
public interface IActorResponseMessage
{
    /// <summary>What is said about it.</summary>
    IActorResponseMessageHeader GetHeader();

    /// <summary>Its result.</summary>
    IActorResponseMessageBody GetBody();
}
