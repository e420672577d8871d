namespace Dapr.Actors.Runtime;

/// <summary>Finds an activator for each type of actors.</summary>
public abstract class ActorActivatorFactory
{
    /// <summary>For what finds them.</summary>
    protected ActorActivatorFactory()
    {
    }

    /// <summary>The activator of one type.</summary>
    public abstract ActorActivator CreateActivator(ActorTypeInformation type);
}
