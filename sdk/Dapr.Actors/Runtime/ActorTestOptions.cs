using System.Text.Json;
using Dapr.Actors.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dapr.Actors.Runtime;

/// <summary>What an actor that is made for a test finds around it.</summary>
public sealed class ActorTestOptions
{
    /// <summary>A random id, no log, and neither proxies nor timers.</summary>
    public ActorTestOptions()
    {
    }

    /// <summary>The id of the actor.</summary>
    public ActorId ActorId { get; set; } = ActorId.CreateRandom();

    /// <summary>Where it logs.</summary>
    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;

    /// <summary>How it writes JSON.</summary>
    public JsonSerializerOptions JsonSerializerOptions { get; set; } = new(JsonSerializerDefaults.Web);

    /// <summary>How it finds other actors.</summary>
    public IActorProxyFactory ProxyFactory { get; set; } = new NoProxies();

    /// <summary>Keeps its timers and reminders.</summary>
    public ActorTimerManager TimerManager { get; set; } = new NoTimers();

    private static NotImplementedException NotGiven(string what) =>
        new($"This actor was made for a test without {what}. Set ActorTestOptions.{what} to what the test needs.");

    private sealed class NoProxies : IActorProxyFactory
    {
        public ActorProxy Create(ActorId actorId, string actorType, ActorProxyOptions options = null) => throw NotGiven(nameof(ProxyFactory));

        public TActorInterface CreateActorProxy<TActorInterface>(ActorId actorId, string actorType, ActorProxyOptions options = null)
            where TActorInterface : IActor => throw NotGiven(nameof(ProxyFactory));

        public object CreateActorProxy(ActorId actorId, Type actorInterfaceType, string actorType, ActorProxyOptions options = null) =>
            throw NotGiven(nameof(ProxyFactory));
    }

    private sealed class NoTimers : ActorTimerManager
    {
        public override Task RegisterReminderAsync(ActorReminder reminder) => throw NotGiven(nameof(TimerManager));

        public override Task<IActorReminder> GetReminderAsync(ActorReminderToken reminder) => throw NotGiven(nameof(TimerManager));

        public override Task UnregisterReminderAsync(ActorReminderToken reminder) => throw NotGiven(nameof(TimerManager));

        public override Task RegisterTimerAsync(ActorTimer timer) => throw NotGiven(nameof(TimerManager));

        public override Task UnregisterTimerAsync(ActorTimerToken timer) => throw NotGiven(nameof(TimerManager));
    }
}
