namespace Dapr.Actors.Communication;

/// <summary>A call: header and arguments; a method without arguments has no body.</summary>
internal sealed record ActorRequestMessage(IActorRequestMessageHeader Header, IActorRequestMessageBody Body) : IActorRequestMessage
{
    public IActorRequestMessageHeader GetHeader() => Header;

    public IActorRequestMessageBody GetBody() => Body;
}

/// <summary>An answer: header and result; a method without a result has no body.</summary>
internal sealed record ActorResponseMessage(IActorResponseMessageHeader Header, IActorResponseMessageBody Body) : IActorResponseMessage
{
    public IActorResponseMessageHeader GetHeader() => Header;

    public IActorResponseMessageBody GetBody() => Body;
}
