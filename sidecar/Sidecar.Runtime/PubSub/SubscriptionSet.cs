using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.PubSub;

/// <summary>Which of several subscriptions to one topic holds.</summary>
internal static class SubscriptionSet
{
    /// <summary>The first declarative one of each topic, unless the app itself names that topic: then the app's entry replaces it.</summary>
    public static IReadOnlyList<Subscription> Merge(IEnumerable<Subscription> declarative, IEnumerable<Subscription> programmatic)
    {
        var merged = new Dictionary<(string, string), Subscription>();
        foreach (var subscription in declarative)
        {
            merged.TryAdd((subscription.PubSubName, subscription.Topic), subscription);
        }

        foreach (var subscription in programmatic.Where(subscription => subscription.Rules.Count > 0))
        {
            merged[(subscription.PubSubName, subscription.Topic)] = subscription;
        }

        return [.. merged.Values];
    }
}
