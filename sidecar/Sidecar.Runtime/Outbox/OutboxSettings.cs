using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.Outbox;

/// <summary>Dapr's transactional outbox as the metadata of a state store asks for it; both <c>outboxPublishPubsub</c> and <c>outboxPublishTopic</c> turn it on.</summary>
/// <param name="PubSub">Component the event ends at.</param>
/// <param name="Topic">Topic the event ends at.</param>
/// <param name="InternalPubSub">Component of the internal topic (<c>outboxPubsub</c>; the same one unless told otherwise).</param>
/// <param name="InternalTopic">Where announcements go: only this app's sidecars read it.</param>
/// <param name="DiscardWhenMissing">An announcement whose transaction never committed is acknowledged; otherwise it goes back to the broker (<c>outboxDiscardWhenMissingState</c>).</param>
internal sealed record OutboxSettings(string PubSub, string Topic, string InternalPubSub, string InternalTopic, bool DiscardWhenMissing)
{
    /// <summary>The settings, or null when the store has no outbox.</summary>
    public static OutboxSettings? Of(Component store, string appId, string @namespace)
    {
        if (Text("outboxPublishPubsub") is not { } pubsub || Text("outboxPublishTopic") is not { } topic)
            return null;
        // Without NAMESPACE there is none, and "default" is how its absence is written here.
        var prefix = @namespace == "default" ? "" : @namespace;
        return new OutboxSettings(pubsub, topic, Text("outboxPubsub") ?? pubsub, prefix + appId + topic + "outbox", IsTruthy(Text("outboxDiscardWhenMissingState")));

        string? Text(string key) => store.Metadata.TryGetValue(key, out var value) && value.Length > 0 ? value : null;
    }

    /// <summary>What counts as true where Dapr asks for a "truthy" text.</summary>
    public static bool IsTruthy(string? text) => text?.Trim().ToUpperInvariant() is "TRUE" or "YES" or "Y" or "ON" or "T" or "1";
}
