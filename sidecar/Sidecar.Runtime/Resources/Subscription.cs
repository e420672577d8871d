namespace Sidecar.Runtime.Resources;

/// <summary>One routing rule: the first whose <see cref="Match"/> holds gets the event.</summary>
/// <param name="Match">CEL over <c>event</c>; empty matches everything.</param>
/// <param name="Path">The app's route.</param>
public sealed record SubscriptionRule(string Match, string Path);

/// <summary>Bulk delivery settings of a subscription.</summary>
/// <param name="MaxMessagesCount">Most entries in one delivery (Dapr's default: 100).</param>
/// <param name="MaxAwaitDuration">Longest wait for a full batch (Dapr's default: 1 s).</param>
public sealed record BulkSubscribe(int MaxMessagesCount, TimeSpan MaxAwaitDuration);

/// <summary>Who declared a subscription: it decides precedence and is shown in the metadata API.</summary>
public enum SubscriptionOrigin
{
    /// <summary>A <c>Subscription</c> resource.</summary>
    Declarative,

    /// <summary>The app's answer to <c>GET /dapr/subscribe</c>.</summary>
    Programmatic,

    /// <summary>A <c>SubscribeTopicEventsAlpha1</c> stream.</summary>
    Streaming,
}

/// <summary>A subscription, whichever of v1alpha1, v2alpha1 or the app's own list it came from.</summary>
public sealed record Subscription
{
    /// <summary><c>metadata.name</c>; empty for a programmatic subscription.</summary>
    public string Name { get; init; } = "";

    /// <summary>Name of the pub/sub component.</summary>
    public required string PubSubName { get; init; }

    /// <summary>Topic.</summary>
    public required string Topic { get; init; }

    /// <summary>Rules in order; a default route is a last rule with an empty match.</summary>
    public required IReadOnlyList<SubscriptionRule> Rules { get; init; }

    /// <summary>Topic on the same component that takes what could not be delivered; empty for none.</summary>
    public string DeadLetterTopic { get; init; } = "";

    /// <summary>Subscription metadata such as <c>rawPayload</c>, passed to the component.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Bulk delivery, or null for one by one.</summary>
    public BulkSubscribe? Bulk { get; init; }

    /// <summary>App ids it applies to; empty means all.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Who declared it.</summary>
    public SubscriptionOrigin Origin { get; init; } = SubscriptionOrigin.Declarative;

    /// <summary>As it was declared: another text means that somebody changed it. Empty when it came from the app or from code.</summary>
    public string Declaration { get; init; } = "";

    /// <summary>Where it was declared.</summary>
    public SourceLocation Location { get; init; } = SourceLocation.Code;
}
