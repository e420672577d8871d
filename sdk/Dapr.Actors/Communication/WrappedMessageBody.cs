using System.Runtime.Serialization;

namespace Dapr.Actors.Communication;

/// <summary>The one kind of message that travels.</summary>
[DataContract(Name = "WrappedMsgBody", Namespace = Wire.Namespace)]
internal sealed class WrappedMessageBody : WrappedMessage, IActorRequestMessageBody, IActorResponseMessageBody
{
    private const string Whole = "A wrapped message is read and written as a whole, by its Value.";

    public void SetParameter(int position, string parameterName, object parameter) => throw new NotSupportedException(Whole);

    public object GetParameter(int position, string parameterName, Type paramType) => throw new NotSupportedException(Whole);

    public void Set(object response) => throw new NotSupportedException(Whole);

    public object Get(Type paramType) => throw new NotSupportedException(Whole);
}

/// <summary>Makes wrapped messages.</summary>
internal sealed class WrappedMessageFactory : IActorMessageBodyFactory
{
    public static readonly WrappedMessageFactory Instance = new();

    public IActorRequestMessageBody CreateRequestMessageBody(string interfaceName, string methodName, int numberOfParameters, object wrappedRequestObject) =>
        new WrappedMessageBody { Value = wrappedRequestObject };

    public IActorResponseMessageBody CreateResponseMessageBody(string interfaceName, string methodName, object wrappedResponseObject) =>
        new WrappedMessageBody { Value = wrappedResponseObject };
}
