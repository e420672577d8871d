namespace Dapr.Actors;

/// <summary>Names that both ends of a call must spell alike.</summary>
internal static class Wire
{
    /// <summary>Namespace of every remoting contract.</summary>
    public const string Namespace = "urn:actors";

    /// <summary>Carries a remoting call's header; its absence makes a call a JSON call.</summary>
    public const string RequestHeader = "X-DaprRequestHeader";

    /// <summary>Says that the body is an exception.</summary>
    public const string ErrorResponseHeader = "X-DaprErrorResponseHeader";

    /// <summary>Ties the calls of one chain together.</summary>
    public const string ReentrancyHeader = "Dapr-Reentrancy-Id";

    /// <summary>Tells the sidecar that a timer or reminder must not come again.</summary>
    public const string CancelHeader = "X-DaprReminderCancel";
}
