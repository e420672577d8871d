using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.PubSub;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Faults;

/// <summary>Puts fault points around the components of a sidecar.</summary>
internal static class FaultyComponents
{
    public static LoadedComponents Guard(this FaultPoints points, LoadedComponents components, string appId) => components with
    {
        StateStores = components.StateStores.ToDictionary(
            store => store.Key, store => store.Value with { Instance = points.Guard(store.Value.Instance, appId, "state") }, StringComparer.Ordinal),
        PubSubs = components.PubSubs.ToDictionary(
            pubSub => pubSub.Key, pubSub => pubSub.Value with { Instance = Guard(points, pubSub.Value.Instance, appId) }, StringComparer.Ordinal),
    };

    public static IStateStore Guard(this FaultPoints points, IStateStore store, string appId, string block) => new FaultyStateStore(store, points, appId, block);

    private static IPubSub Guard(FaultPoints points, IPubSub component, string appId) => component is IBulkPubSub bulk
        ? new FaultyBulkPubSub(bulk, points, appId)
        : new FaultyPubSub(component, points, appId);
}
