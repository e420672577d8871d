using Dapr.Actors.Client;

namespace Dapr.Actors.Builder;

/// <summary>Creates proxies of one type.</summary>
public interface IProxyActivator
{
    /// <summary>A proxy that leads nowhere yet.</summary>
    IActorProxy CreateInstance();
}
