#nullable enable
using Dapr.Actors.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace Dapr.Actors.AspNetCore;

/// <summary>Creates an actor with services from a scope of its own; the scope ends with the actor.</summary>
internal sealed class DependencyInjectionActorActivator(IServiceProvider services, ActorTypeInformation type) : ActorActivator
{
    private readonly ObjectFactory factory = ActivatorUtilities.CreateFactory(type.ImplementationType, [typeof(ActorHost)]);

    public override async Task<ActorActivatorState> CreateAsync(ActorHost host)
    {
        var scope = services.CreateAsyncScope();
        try
        {
            return new Scoped((Actor)factory(scope.ServiceProvider, [host]), scope);
        }
        catch
        {
            await scope.DisposeAsync();
            throw;
        }
    }

    public override async Task DeleteAsync(ActorActivatorState state)
    {
        if (state.Actor is IAsyncDisposable asynchronous)
            await asynchronous.DisposeAsync();
        else if (state.Actor is IDisposable disposable)
            disposable.Dispose();

        await ((Scoped)state).Scope.DisposeAsync();
    }

    private sealed class Scoped(Actor actor, AsyncServiceScope scope) : ActorActivatorState(actor)
    {
        public AsyncServiceScope Scope { get; } = scope;
    }
}

/// <summary>Such an activator for every type.</summary>
internal sealed class DependencyInjectionActorActivatorFactory(IServiceProvider services) : ActorActivatorFactory
{
    public override ActorActivator CreateActivator(ActorTypeInformation type) => new DependencyInjectionActorActivator(services, type);
}
