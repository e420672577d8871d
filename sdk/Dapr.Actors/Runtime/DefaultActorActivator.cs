namespace Dapr.Actors.Runtime;

/// <summary>Creates actors by the constructor that takes an <see cref="ActorHost"/> and nothing else.</summary>
public class DefaultActorActivator : ActorActivator
{
    /// <summary>For any type.</summary>
    public DefaultActorActivator()
    {
    }

    /// <inheritdoc/>
    public override Task<ActorActivatorState> CreateAsync(ActorHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var actor = (Actor)Activator.CreateInstance(host.ActorTypeInfo.ImplementationType, host);
        return Task.FromResult(new ActorActivatorState(actor));
    }

    /// <inheritdoc/>
    public override async Task DeleteAsync(ActorActivatorState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Actor is IAsyncDisposable asynchronous)
            await asynchronous.DisposeAsync();
        else if (state.Actor is IDisposable disposable)
            disposable.Dispose();
    }
}
