namespace Notifications.Contracts;

/// <summary>What the customer was told, in the order in which it was said.</summary>
public sealed record OrderLog(string OrderId, IReadOnlyList<LogEntry> Entries);

/// <summary>One sentence to the customer.</summary>
public sealed record LogEntry(DateTimeOffset At, string Text);

/// <summary>A message that a service could not accept.</summary>
/// <param name="Service">App id of the service that refused it or gave up.</param>
/// <param name="MessageId">CloudEvent id, as far as it had one.</param>
/// <param name="Topic">Where it was published.</param>
/// <param name="Type">CloudEvent type.</param>
/// <param name="Source">Who published it.</param>
/// <param name="At">When it arrived here.</param>
/// <param name="Content">The message, cut after 2,000 characters.</param>
public sealed record DeadLetter(string Service, string? MessageId, string? Topic, string? Type, string? Source, DateTimeOffset At, string Content);
