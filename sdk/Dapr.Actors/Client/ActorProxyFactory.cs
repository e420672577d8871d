using Dapr.Actors.Builder;
using Dapr.Actors.Communication;
using Dapr.Actors.Sidecar;

namespace Dapr.Actors.Client;

/// <summary>Makes proxies that call actors through the sidecar's HTTP API.</summary>
public class ActorProxyFactory : IActorProxyFactory
{
    private readonly HttpMessageHandler handler;
    private ActorProxyOptions defaults;

    /// <summary>Proxies with <paramref name="options"/> unless others are given with a proxy.</summary>
    [Obsolete("Use the constructor that accepts HttpMessageHandler. This will be removed in the future.")]
    public ActorProxyFactory(ActorProxyOptions options, HttpClientHandler handler)
        : this(options, (HttpMessageHandler)handler)
    {
    }

    /// <summary>Proxies with <paramref name="options"/> unless others are given with a proxy.</summary>
    public ActorProxyFactory(ActorProxyOptions options = null, HttpMessageHandler handler = null)
    {
        defaults = options ?? new ActorProxyOptions();
        this.handler = handler;
    }

    /// <inheritdoc cref="ActorProxyOptions"/>
    public ActorProxyOptions DefaultOptions
    {
        get => defaults;
        set => defaults = value ?? throw new ArgumentNullException(nameof(DefaultOptions), "ActorProxyFactory.DefaultOptions cannot be null");
    }

    /// <inheritdoc/>
    public TActorInterface CreateActorProxy<TActorInterface>(ActorId actorId, string actorType, ActorProxyOptions options = null)
        where TActorInterface : IActor => (TActorInterface)CreateActorProxy(actorId, typeof(TActorInterface), actorType, options);

    /// <inheritdoc/>
    public ActorProxy Create(ActorId actorId, string actorType, ActorProxyOptions options = null) =>
        new ActorProxy().Lead(new RemotingClient(Api(options), Messages(options)), [], actorId, actorType, (options ?? defaults).JsonSerializerOptions);

    /// <inheritdoc/>
    public object CreateActorProxy(ActorId actorId, Type actorInterfaceType, string actorType, ActorProxyOptions options = null)
    {
        var type = ProxyTypes.For(actorInterfaceType);
        var proxy = (ActorProxy)type.Activator.CreateInstance();
        return proxy.Lead(new RemotingClient(Api(options), Messages(options)), type.Methods, actorId, actorType, (options ?? defaults).JsonSerializerOptions);
    }

    private ActorApi Api(ActorProxyOptions options)
    {
        options ??= defaults;
        return new ActorApi(handler, options.HttpEndpoint, options.DaprApiToken, options.RequestTimeout);
    }

    private IMessageBodyFormat Messages(ActorProxyOptions options)
    {
        options ??= defaults;
        return options.UseJsonSerialization ? JsonMessages.With(options.JsonSerializerOptions) : DataContractMessages.Instance;
    }
}
