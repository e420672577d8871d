namespace Dapr.Actors.Communication;

/// <summary>Makes the bodies of remoting messages.</summary>
public interface IActorMessageBodyFactory
{
    /// <summary>The body of a call.</summary>
    IActorRequestMessageBody CreateRequestMessageBody(string interfaceName, string methodName, int numberOfParameters, object wrappedRequestObject);

    /// <summary>The body of an answer.</summary>
    IActorResponseMessageBody CreateResponseMessageBody(string interfaceName, string methodName, object wrappedResponseObject);
}
