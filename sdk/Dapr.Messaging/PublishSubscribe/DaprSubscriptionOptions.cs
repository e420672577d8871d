namespace Dapr.Messaging.PublishSubscribe;

/// <summary>How a subscription works.</summary>
/// <param name="MessageHandlingPolicy">What becomes of a message that is not handled in time.</param>
public sealed record DaprSubscriptionOptions(MessageHandlingPolicy MessageHandlingPolicy)
{
    /// <summary>Metadata for the pub/sub component.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Where messages go that nobody could handle.</summary>
    public string? DeadLetterTopic { get; init; }

    /// <summary>How many messages wait here at most; more stay with the sidecar. Null for no limit.</summary>
    public int? MaximumQueuedMessages { get; init; }

    /// <summary>How long the end of the subscription may take.</summary>
    public TimeSpan MaximumCleanupTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Is told when the subscription breaks.</summary>
    public SubscriptionErrorHandler? ErrorHandler { get; init; }
}

/// <summary>What becomes of a message that is not handled in time.</summary>
/// <param name="TimeoutDuration">How long a handler may take before its token is cancelled.</param>
/// <param name="DefaultResponseAction">What becomes of the message then.</param>
public sealed record MessageHandlingPolicy(TimeSpan TimeoutDuration, TopicResponseAction DefaultResponseAction);

/// <summary>Is told that a subscription broke; the inner exception says why.</summary>
public delegate Task SubscriptionErrorHandler(DaprException exception);
