namespace Dapr.Common.Exceptions;

/// <summary>The machine-readable reason of an error.</summary>
/// <param name="Reason">The reason, such as <c>DAPR_PUBSUB_NOT_FOUND</c>.</param>
/// <param name="Domain">Who defines the reason; <c>dapr.io</c> for the runtime.</param>
/// <param name="Metadata">Further facts by name.</param>
public sealed record DaprErrorInfoDetail(string Reason, string Domain, IDictionary<string, string>? Metadata)
    : DaprExtendedErrorDetail(DaprExtendedErrorType.ErrorInfo);

/// <summary>The resource that an error is about.</summary>
/// <param name="ResourceType">The kind of resource.</param>
/// <param name="ResourceName">Its name.</param>
/// <param name="Owner">Who owns it.</param>
/// <param name="Description">What went wrong with it.</param>
public sealed record DaprResourceInfoDetail(string ResourceType, string ResourceName, string Owner, string Description)
    : DaprExtendedErrorDetail(DaprExtendedErrorType.ResourceInfo);

/// <summary>What the server offers for debugging.</summary>
/// <param name="StackEntries">The stack, innermost first.</param>
/// <param name="Detail">Further text.</param>
public sealed record DaprDebugInfoDetail(IReadOnlyCollection<string> StackEntries, string Detail)
    : DaprExtendedErrorDetail(DaprExtendedErrorType.DebugInfo);

/// <summary>Identifies the request in the server's logs.</summary>
/// <param name="RequestId">Id of the request.</param>
/// <param name="ServingData">What the server needs to find it.</param>
public sealed record DaprRequestInfoDetail(string RequestId, string ServingData)
    : DaprExtendedErrorDetail(DaprExtendedErrorType.RequestInfo);

/// <summary>A message in a human language.</summary>
/// <param name="Locale">BCP 47 tag of the language.</param>
/// <param name="Message">The message.</param>
public sealed record DaprLocalizedMessageDetail(string Locale, string Message)
    : DaprExtendedErrorDetail(DaprExtendedErrorType.LocalizedMessage);
