using System.Text.Json;
using Dapr.Actors.Builder;
using Dapr.Actors.Communication;

namespace Dapr.Actors.Client;

/// <summary>
/// Stands for an actor somewhere. As it is, it calls methods by name with JSON; types derived from it at run time have the methods of an actor
/// interface and call by remoting.
/// </summary>
public class ActorProxy : IActorProxy
{
    private RemotingClient client;
    private ActorMethod[] methods;
    private JsonSerializerOptions json;

    /// <summary>For the emitted types; a proxy that leads to an actor comes from a factory.</summary>
    protected internal ActorProxy()
    {
    }

    /// <summary>Makes proxies for the sidecar that the environment names.</summary>
    public static IActorProxyFactory DefaultProxyFactory { get; } = new ActorProxyFactory();

    /// <inheritdoc/>
    public ActorId ActorId { get; private set; }

    /// <inheritdoc/>
    public string ActorType { get; private set; }

    /// <inheritdoc cref="IActorProxyFactory.CreateActorProxy{TActorInterface}"/>
    public static TActorInterface Create<TActorInterface>(ActorId actorId, string actorType, ActorProxyOptions options = null)
        where TActorInterface : IActor => DefaultProxyFactory.CreateActorProxy<TActorInterface>(actorId, actorType, options);

    /// <inheritdoc cref="IActorProxyFactory.CreateActorProxy(ActorId, Type, string, ActorProxyOptions)"/>
    /// <exception cref="ArgumentException">The interface does not derive from <see cref="IActor"/>.</exception>
    public static object Create(ActorId actorId, Type actorInterfaceType, string actorType, ActorProxyOptions options = null) =>
        typeof(IActor).IsAssignableFrom(actorInterfaceType)
            ? DefaultProxyFactory.CreateActorProxy(actorId, actorInterfaceType, actorType, options)
            : throw new ArgumentException("The interface must implement IActor.", nameof(actorInterfaceType));

    /// <inheritdoc cref="IActorProxyFactory.Create"/>
    public static ActorProxy Create(ActorId actorId, string actorType, ActorProxyOptions options = null) => DefaultProxyFactory.Create(actorId, actorType, options);

    /// <summary>Calls a method with one argument and reads its result.</summary>
    /// <exception cref="DaprApiException">The sidecar or the actor refused.</exception>
    public async Task<TResponse> InvokeMethodAsync<TRequest, TResponse>(string method, TRequest data, CancellationToken cancellationToken = default) =>
        Read<TResponse>(await client.Api.InvokeAsync(ActorType, ActorId, method, JsonSerializer.SerializeToUtf8Bytes(data, json), cancellationToken));

    /// <summary>Calls a method with one argument.</summary>
    /// <exception cref="DaprApiException">The sidecar or the actor refused.</exception>
    public Task InvokeMethodAsync<TRequest>(string method, TRequest data, CancellationToken cancellationToken = default) =>
        client.Api.InvokeAsync(ActorType, ActorId, method, JsonSerializer.SerializeToUtf8Bytes(data, json), cancellationToken);

    /// <summary>Calls a method without arguments and reads its result.</summary>
    /// <exception cref="DaprApiException">The sidecar or the actor refused.</exception>
    public async Task<TResponse> InvokeMethodAsync<TResponse>(string method, CancellationToken cancellationToken = default) =>
        Read<TResponse>(await client.Api.InvokeAsync(ActorType, ActorId, method, null, cancellationToken));

    /// <summary>Calls a method without arguments.</summary>
    /// <exception cref="DaprApiException">The sidecar or the actor refused.</exception>
    public Task InvokeMethodAsync(string method, CancellationToken cancellationToken = default) =>
        client.Api.InvokeAsync(ActorType, ActorId, method, null, cancellationToken);

    /// <summary>Where the proxy leads; said once, by its factory.</summary>
    internal ActorProxy Lead(RemotingClient way, ActorMethod[] typedMethods, ActorId actorId, string actorType, JsonSerializerOptions options)
    {
        client = way;
        methods = typedMethods;
        json = options;
        ActorId = actorId;
        ActorType = actorType;
        return this;
    }

    /// <summary>What an emitted method with a result does.</summary>
    internal Task<TResult> CallAsync<TResult>(int index, object[] arguments)
    {
        var method = methods[index];
        return ContinueWithResult<TResult>(method.InterfaceId, method.Id, SendAsync(method, arguments));
    }

    /// <summary>What an emitted method without a result does.</summary>
    internal Task CallAsync(int index, object[] arguments) => SendAsync(methods[index], arguments);

    /// <summary>Calls a method by remoting.</summary>
    /// <exception cref="ActorMethodInvocationException">The method threw.</exception>
    /// <exception cref="DaprApiException">The sidecar refused.</exception>
    protected async Task<IActorResponseMessageBody> InvokeMethodAsync(
        int interfaceId, int methodId, string methodName, IActorRequestMessageBody requestMsgBodyValue, CancellationToken cancellationToken)
    {
        var header = new ActorRequestMessageHeader
        {
            ActorId = ActorId,
            ActorType = ActorType,
            InterfaceId = interfaceId,
            MethodId = methodId,
            MethodName = methodName,
            CallContext = Guid.NewGuid().ToString(),
        };
        var answer = await client.SendAsync(new ActorRequestMessage(header, requestMsgBodyValue), Find(interfaceId, methodId)?.ResponseType, cancellationToken);
        return answer.GetBody();
    }

    /// <summary>Puts the arguments of a call into a message.</summary>
    protected IActorRequestMessageBody CreateRequestMessageBody(string interfaceName, string methodName, int parameterCount, object wrappedRequest) =>
        WrappedMessageFactory.Instance.CreateRequestMessageBody(interfaceName, methodName, parameterCount, wrappedRequest);

    /// <summary>The task, without its result.</summary>
    protected Task ContinueWith(Task<object> task) => task;

    /// <summary>The result that a message carries.</summary>
    protected virtual object GetReturnValue(int interfaceId, int methodId, object responseBody) => Find(interfaceId, methodId)?.ReadResult(responseBody);

    /// <summary>Waits for the answer and takes the result out of it.</summary>
    protected async Task<TRetval> ContinueWithResult<TRetval>(int interfaceId, int methodId, Task<IActorResponseMessageBody> task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return await task switch
        {
            WrappedMessage message => (TRetval)GetReturnValue(interfaceId, methodId, message.Value),
            null => throw new InvalidOperationException(
                $"Actor {ActorType} '{ActorId}' answered {Find(interfaceId, methodId)?.Name} without a result. Are its host and this proxy told the same by UseJsonSerialization?"),
            var body => (TRetval)body.Get(typeof(TRetval)),
        };
    }

    /// <summary>Whether a message is one object with a field for each argument.</summary>
    protected bool CheckIfItsWrappedRequest(IActorRequestMessageBody requestMessageBody) => requestMessageBody is WrappedMessage;

    private Task<IActorResponseMessageBody> SendAsync(ActorMethod method, object[] arguments)
    {
        var body = method.RequestType is null
            ? null
            : CreateRequestMessageBody(method.InterfaceName, method.Name, method.Arguments.Length, method.CreateRequest(arguments));
        return InvokeMethodAsync(method.InterfaceId, method.Id, method.Name, body, method.CancellationTokenOf(arguments));
    }

    private ActorMethod Find(int interfaceId, int methodId) => Array.Find(methods, method => method.InterfaceId == interfaceId && method.Id == methodId);

    private TResponse Read<TResponse>(byte[] answer) => JsonSerializer.Deserialize<TResponse>(answer, json);
}
