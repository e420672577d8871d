using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.Metadata;

/// <summary>A building block whose subscriptions the metadata API shows.</summary>
public interface ISubscriptionSource
{
    /// <summary>The subscriptions in force now, streams included.</summary>
    IReadOnlyList<Subscription> CurrentSubscriptions { get; }
}

/// <summary>A building block whose workflow workers the metadata API counts.</summary>
public interface IWorkflowWorkerSource
{
    /// <summary>Workers with an open work item stream.</summary>
    int ConnectedWorkers { get; }
}
