using Dapr.Actors.Communication;

namespace Dapr.Actors.Builder;

/// <summary>Calls the methods of an actor interface by their ids.</summary>
public abstract class ActorMethodDispatcherBase
{
    private IReadOnlyDictionary<int, string> names;

    /// <summary>For dispatchers derived from it.</summary>
    protected ActorMethodDispatcherBase()
    {
    }

    /// <summary>The interface, by the checksum of its name.</summary>
    public int InterfaceId { get; private set; }

    /// <summary>Calls a method and puts its result into a message; null when it has none.</summary>
    public Task<IActorResponseMessageBody> DispatchAsync(
        object objectImplementation,
        int methodId,
        IActorRequestMessageBody requestBody,
        IActorMessageBodyFactory remotingMessageBodyFactory,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return OnDispatchAsync(methodId, objectImplementation, requestBody, remotingMessageBodyFactory, cancellationToken);
    }

    /// <summary>Calls a method that nobody waits for.</summary>
    public void Dispatch(object objectImplementation, int methodId, IActorRequestMessageBody requestMessageBody) =>
        OnDispatch(methodId, objectImplementation, requestMessageBody);

    /// <summary>The name of a method.</summary>
    /// <exception cref="MissingMethodException">The interface has none with that id.</exception>
    public string GetMethodName(int methodId) =>
        names.TryGetValue(methodId, out var name) ? name : throw new MissingMethodException($"The actor interface {InterfaceId} has no method {methodId}.");

    /// <summary>What the dispatcher is for; said once.</summary>
    internal void Initialize(int interfaceId, IReadOnlyDictionary<int, string> methodNames)
    {
        InterfaceId = interfaceId;
        names = methodNames;
    }

    /// <summary>Puts a result into a message.</summary>
    protected IActorResponseMessageBody CreateResponseMessageBody(
        string interfaceName, string methodName, int methodId, IActorMessageBodyFactory remotingMessageBodyFactory, object response)
    {
        ArgumentNullException.ThrowIfNull(remotingMessageBodyFactory);
        var message = remotingMessageBodyFactory.CreateResponseMessageBody(interfaceName, methodName, CreateWrappedResponseBody(methodId, response));
        if (message is not WrappedMessage)
            message.Set(response);

        return message;
    }

    /// <summary>Calls the method with the id.</summary>
    protected abstract Task<IActorResponseMessageBody> OnDispatchAsync(
        int methodId,
        object remotedObject,
        IActorRequestMessageBody requestBody,
        IActorMessageBodyFactory remotingMessageBodyFactory,
        CancellationToken cancellationToken);

    /// <summary>Calls the method with the id, without waiting.</summary>
    protected abstract void OnDispatch(int methodId, object remotedObject, IActorRequestMessageBody requestBody);

    /// <summary>Waits for a method and puts its result into a message.</summary>
    protected async Task<IActorResponseMessageBody> ContinueWithResult<TRetVal>(
        string interfaceName, string methodName, int methodId, IActorMessageBodyFactory remotingMessageBodyFactory, Task<TRetVal> task) =>
        CreateResponseMessageBody(interfaceName, methodName, methodId, remotingMessageBodyFactory, await task);

    /// <summary>Waits for a method without a result.</summary>
    protected async Task<object> ContinueWith(Task task)
    {
        await task;
        return null;
    }

    /// <summary>Whether a message is one object with a field for each argument.</summary>
    protected bool CheckIfItsWrappedRequest(IActorRequestMessageBody requestMessageBody) => requestMessageBody is WrappedMessage;

    /// <summary>Puts a result into the object that travels.</summary>
    protected abstract object CreateWrappedResponseBody(int methodId, object retVal);
}
