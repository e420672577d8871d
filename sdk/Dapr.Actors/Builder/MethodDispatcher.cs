#nullable enable
using Dapr.Actors.Communication;

namespace Dapr.Actors.Builder;

/// <summary>Calls the methods of one interface on an actor.</summary>
internal sealed class MethodDispatcher : ActorMethodDispatcherBase
{
    private readonly Dictionary<int, ActorMethod> methods;

    public MethodDispatcher(ActorInterface actorInterface)
    {
        methods = actorInterface.Methods.ToDictionary(method => method.Id);
        Initialize(actorInterface.Id, methods.ToDictionary(method => method.Key, method => method.Value.Name));
    }

    protected override async Task<IActorResponseMessageBody> OnDispatchAsync(
        int methodId, object remotedObject, IActorRequestMessageBody requestBody, IActorMessageBodyFactory remotingMessageBodyFactory, CancellationToken cancellationToken)
    {
        var method = Find(methodId);
        var result = await method.InvokeAsync(remotedObject, method.ReadArguments((requestBody as WrappedMessage)?.Value, cancellationToken));
        return method.ResponseType is null ? null! : CreateResponseMessageBody(method.InterfaceName, method.Name, methodId, remotingMessageBodyFactory, result!);
    }

    // The methods of an actor interface return tasks; there is none that nobody waits for.
    protected override void OnDispatch(int methodId, object remotedObject, IActorRequestMessageBody requestBody) =>
        throw new MissingMethodException($"The actor method {GetMethodName(methodId)} is called by DispatchAsync.");

    protected override object CreateWrappedResponseBody(int methodId, object retVal) => Find(methodId).CreateResponse(retVal);

    private ActorMethod Find(int methodId) =>
        methods.GetValueOrDefault(methodId) ?? throw new MissingMethodException($"The actor interface {InterfaceId} has no method {methodId}; do both sides have the same interface?");
}
