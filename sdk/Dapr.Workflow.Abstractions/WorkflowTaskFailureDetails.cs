using System.Reflection;

namespace Dapr.Workflow;

/// <summary>What is known of the failure of an activity, a child workflow or a workflow.</summary>
/// <param name="errorType">Full name of the exception's type, or the name another language uses.</param>
/// <param name="errorMessage">The exception's message.</param>
/// <param name="stackTrace">The exception's stack trace, when there is one.</param>
public class WorkflowTaskFailureDetails(string errorType, string errorMessage, string? stackTrace = null)
{
    /// <summary>Full name of the exception's type, or the name another language uses.</summary>
    public string ErrorType { get; } = errorType;

    /// <summary>The exception's message.</summary>
    public string ErrorMessage { get; } = errorMessage;

    /// <summary>The exception's stack trace, when there is one.</summary>
    public string? StackTrace { get; } = stackTrace;

    /// <summary>Whether trying again is pointless, as the one who failed said.</summary>
    internal bool IsNonRetriable { get; init; }

    /// <summary>Whether the failure was an exception of type <typeparamref name="T"/> or of one derived from it. A type that is not loaded here counts as no match.</summary>
    /// <typeparam name="T">The exception type to ask for.</typeparam>
    public bool IsCausedBy<T>() where T : Exception
    {
        if (string.Equals(ErrorType, typeof(T).FullName, StringComparison.Ordinal))
            return true;
        var actual = AppDomain.CurrentDomain.GetAssemblies().Select(FindType).FirstOrDefault(type => type is not null);
        return actual is not null && typeof(T).IsAssignableFrom(actual);
    }

    /// <inheritdoc />
    public override string ToString() => $"{ErrorType}: {ErrorMessage}";

    private Type? FindType(Assembly assembly) => assembly.GetType(ErrorType, throwOnError: false);
}
