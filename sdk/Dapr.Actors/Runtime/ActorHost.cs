using System.Text.Json;
using Dapr.Actors.Client;
using Microsoft.Extensions.Logging;

namespace Dapr.Actors.Runtime;

/// <summary>What an actor finds around it.</summary>
public sealed class ActorHost
{
    /// <summary>A host without timers and state.</summary>
    [Obsolete("Application code should not call this method. Use CreateForTest for unit testing.")]
    public ActorHost(
        ActorTypeInformation actorTypeInfo, ActorId id, JsonSerializerOptions jsonSerializerOptions, ILoggerFactory loggerFactory, IActorProxyFactory proxyFactory)
        : this(actorTypeInfo, id, jsonSerializerOptions, loggerFactory, proxyFactory, null, null)
    {
    }

    internal ActorHost(
        ActorTypeInformation actorTypeInfo,
        ActorId id,
        JsonSerializerOptions jsonSerializerOptions,
        ILoggerFactory loggerFactory,
        IActorProxyFactory proxyFactory,
        ActorTimerManager timerManager,
        ActorStateStore stateStore)
    {
        ActorTypeInfo = actorTypeInfo;
        Id = id;
        JsonSerializerOptions = jsonSerializerOptions;
        LoggerFactory = loggerFactory;
        ProxyFactory = proxyFactory;
        TimerManager = timerManager;
        StateStore = stateStore;
    }

    /// <summary>What there is to know about the actor's class.</summary>
    public ActorTypeInformation ActorTypeInfo { get; }

    /// <summary>Which actor of its type.</summary>
    public ActorId Id { get; }

    /// <summary>Where it logs.</summary>
    public ILoggerFactory LoggerFactory { get; }

    /// <summary>How it writes JSON.</summary>
    public JsonSerializerOptions JsonSerializerOptions { get; }

    /// <summary>How it finds other actors.</summary>
    public IActorProxyFactory ProxyFactory { get; }

    /// <summary>Keeps its timers and reminders.</summary>
    public ActorTimerManager TimerManager { get; }

    /// <summary>Keeps its state; null in a test.</summary>
    internal ActorStateStore StateStore { get; }

    /// <summary>A host for an actor that a test makes.</summary>
    public static ActorHost CreateForTest<TActor>(ActorTestOptions options = null)
        where TActor : Actor => CreateForTest(typeof(TActor), options);

    /// <summary>A host for an actor that a test makes, of a type with a name of its own.</summary>
    public static ActorHost CreateForTest<TActor>(string actorTypeName, ActorTestOptions options = null)
        where TActor : Actor => CreateForTest(typeof(TActor), actorTypeName, options);

    /// <summary>A host for an actor that a test makes.</summary>
    public static ActorHost CreateForTest(Type actorType, ActorTestOptions options = null) => CreateForTest(actorType, actorTypeName: null, options);

    /// <summary>A host for an actor that a test makes, of a type with a name of its own.</summary>
    public static ActorHost CreateForTest(Type actorType, string actorTypeName, ActorTestOptions options = null)
    {
        ArgumentNullException.ThrowIfNull(actorType);
        options ??= new ActorTestOptions();
        return new ActorHost(
            ActorTypeInformation.Get(actorType, actorTypeName),
            options.ActorId,
            options.JsonSerializerOptions,
            options.LoggerFactory,
            options.ProxyFactory,
            options.TimerManager,
            stateStore: null);
    }
}
