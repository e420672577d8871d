namespace Dapr.Actors.Runtime;

/// <summary>A <see cref="DefaultActorActivator"/> for every type.</summary>
public class DefaultActorActivatorFactory : ActorActivatorFactory
{
    /// <summary>For all types.</summary>
    public DefaultActorActivatorFactory()
    {
    }

    /// <inheritdoc/>
    public override ActorActivator CreateActivator(ActorTypeInformation type) => new DefaultActorActivator();
}
