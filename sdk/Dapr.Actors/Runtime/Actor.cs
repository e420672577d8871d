using System.Reflection;
using Dapr.Actors.Client;
using Microsoft.Extensions.Logging;

namespace Dapr.Actors.Runtime;

/// <summary>The base of every actor: a small thing with state of its own that does one thing at a time.</summary>
public abstract partial class Actor
{
    /// <summary>An actor that finds <paramref name="host"/> around it.</summary>
    protected Actor(ActorHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        Host = host;
        StateManager = new ActorStateManager(host.StateStore);
        Logger = host.LoggerFactory.CreateLogger(GetType());
    }

    /// <summary>Where it logs.</summary>
    protected ILogger Logger { get; }

    /// <summary>Which actor of its type.</summary>
    public ActorId Id => Host.Id;

    /// <summary>What it finds around it.</summary>
    public ActorHost Host { get; }

    /// <summary>How it finds other actors.</summary>
    public IActorProxyFactory ProxyFactory => Host.ProxyFactory;

    /// <summary>Its state. Changes are saved at the end of a turn that does not throw.</summary>
    public IActorStateManager StateManager { get; protected set; }

    internal async Task ActivateAsync()
    {
        await StateManager.ClearCacheAsync();
        await OnActivateAsync();
        await SaveStateAsync();
    }

    internal async Task DeactivateAsync()
    {
        await StateManager.ClearCacheAsync();
        await OnDeactivateAsync();
    }

    /// <summary>One turn: before, the work, after, save; what throws takes the changes with it.</summary>
    internal async Task<T> TakeTurnAsync<T>(ActorMethodContext context, Func<Actor, Task<T>> work)
    {
        if (Reentrancy.ChainId is not null && StateManager is ActorStateManager state)
            state.UseOwnMemory();

        try
        {
            await OnPreActorMethodAsync(context);
            var result = await work(this);
            await OnPostActorMethodAsync(context);
            await SaveStateAsync();
            return result;
        }
        catch (Exception error)
        {
            await OnActorMethodFailedAsync(context, error);
            await StateManager.ClearCacheAsync();
            throw;
        }
    }

    /// <summary>Saves what was changed so far.</summary>
    protected Task SaveStateAsync() => StateManager.SaveStateAsync();

    /// <summary>The actor was just made: the place to load state and to start timers.</summary>
    protected virtual Task OnActivateAsync() => Task.CompletedTask;

    /// <summary>The actor is about to go. Nothing that is changed here is saved.</summary>
    protected virtual Task OnDeactivateAsync() => Task.CompletedTask;

    /// <summary>A method, a timer or a reminder is about to run.</summary>
    protected virtual Task OnPreActorMethodAsync(ActorMethodContext actorMethodContext) => Task.CompletedTask;

    /// <summary>It has run; state is saved after this.</summary>
    protected virtual Task OnPostActorMethodAsync(ActorMethodContext actorMethodContext) => Task.CompletedTask;

    /// <summary>It threw; changes are forgotten after this.</summary>
    protected virtual Task OnActorMethodFailedAsync(ActorMethodContext actorMethodContext, Exception e) => Task.CompletedTask;

    internal MethodInfo FindTimerCallback(string callback)
    {
        try
        {
            return Host.ActorTypeInfo.ImplementationType.GetMethod(
                callback ?? string.Empty, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static);
        }
        catch (AmbiguousMatchException)
        {
            throw new ArgumentException($"Timer callback method: {callback} cannot be overloaded.", nameof(callback));
        }
    }
}
