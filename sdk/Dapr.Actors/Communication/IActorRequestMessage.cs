namespace Dapr.Actors.Communication;

/// <summary>A remoting call.</summary>
public interface IActorRequestMessage
{
    /// <summary>Which method of which actor.</summary>
    IActorRequestMessageHeader GetHeader();

    /// <summary>Its arguments.</summary>
    IActorRequestMessageBody GetBody();
}
