using Dapr;

namespace ServiceDefaults;

/// <summary>Something that must be there first is not there yet: the message comes again, the caller gets 503.</summary>
public sealed class MissingDependencyException(string message) : Exception(message);

/// <summary>No state of the world makes this message right: it is dropped to the dead-letter topic, the caller gets 400.</summary>
public sealed class ImpossibleRequestException(string message) : Exception(message);

/// <summary>The request makes sense, but not in the state things are in: the caller gets 409.</summary>
public sealed class ConflictException(string message) : Exception(message);

/// <summary>What to tell of an exception.</summary>
public static class Causes
{
    /// <summary>Dapr's client says only that something failed; why is in the exception inside.</summary>
    public static string Cause(this Exception exception) => exception is DaprException { InnerException: { } inner } ? inner.Message : exception.Message;
}

/// <summary>The caller asks for something that does not exist: 404.</summary>
public sealed class UnknownException(string message) : Exception(message);
