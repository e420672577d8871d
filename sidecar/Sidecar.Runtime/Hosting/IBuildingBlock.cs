namespace Sidecar.Runtime.Hosting;

/// <summary>One building block of one sidecar. Blocks are made when the sidecar is made, and started once its app takes work.</summary>
public interface IBuildingBlock : IAsyncDisposable
{
    /// <summary>Called once the APIs are served and the app accepts connections: subscribe, start timers, take up what a former run left.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Called first at a graceful stop: take no new work, let the work under way finish until the token says so.</summary>
    Task StopAsync(CancellationToken cancellationToken);
}
