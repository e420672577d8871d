using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Google.Protobuf.WellKnownTypes;
using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Telemetry;

namespace Sidecar.Runtime.PubSub;

/// <summary>The subscriptions of an app that speaks gRPC: <c>AppCallback/ListTopicSubscriptions</c>.</summary>
internal static class GrpcSubscriptions
{
    /// <summary>The app's list; empty when it lacks the method.</summary>
    /// <exception cref="GrpcException">The app cannot be reached, or refuses.</exception>
    public static async Task<IReadOnlyList<Subscription>> AskAsync(AppCallback app, CancellationToken cancellationToken)
    {
        try
        {
            var metadata = new GrpcMetadata();
            SidecarTracing.Inject(metadata);
            var response = await app.CallAsync(AppCallbackMethods.ListTopicSubscriptions, new Empty(), metadata, cancellationToken);
            return [.. response.Message.Subscriptions.Select(ToSubscription)];
        }
        catch (GrpcException error) when (error.StatusCode == GrpcStatusCode.Unimplemented)
        {
            return [];
        }
    }

    private static Subscription ToSubscription(Dapr.Protocol.Runtime.V1.TopicSubscription entry)
    {
        List<SubscriptionRule> rules = [.. (entry.Routes?.Rules ?? []).Select(rule => new SubscriptionRule(rule.Match, rule.Path))];
        // A gRPC app needs no route: it has one method for all events.
        if (rules.Count == 0 || entry.Routes?.Default is { Length: > 0 })
            rules.Add(new SubscriptionRule("", entry.Routes?.Default ?? ""));
        return new Subscription
        {
            PubSubName = entry.PubsubName,
            Topic = entry.Topic,
            Rules = rules,
            DeadLetterTopic = entry.DeadLetterTopic,
            Metadata = new Dictionary<string, string>(entry.Metadata, StringComparer.OrdinalIgnoreCase),
            Bulk = SubscriptionDiscovery.BulkOf(entry.BulkSubscribe is { Enabled: true }, entry.BulkSubscribe?.MaxMessagesCount ?? 0, entry.BulkSubscribe?.MaxAwaitDurationMs ?? 0),
            Origin = SubscriptionOrigin.Programmatic,
        };
    }
}
