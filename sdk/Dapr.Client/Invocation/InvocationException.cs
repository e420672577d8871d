namespace Dapr.Client;

/// <summary>A service invocation failed: the call itself, or the application answered with a status that is not a success.</summary>
public class InvocationException : DaprException
{
    /// <summary>A failed call over HTTP; <paramref name="response"/> is null when there was no answer.</summary>
    public InvocationException(string appId, string methodName, Exception innerException, HttpResponseMessage response)
        : base($"An exception occurred while invoking method: '{methodName}' on app-id: '{appId}'", innerException)
    {
        AppId = appId ?? "unknown";
        MethodName = methodName ?? "unknown";
        Response = response;
    }

    /// <summary>The application that was called.</summary>
    public string AppId { get; }

    /// <summary>The method that was called.</summary>
    public string MethodName { get; }

    /// <summary>The answer of the application; null when there was none.</summary>
    public HttpResponseMessage Response { get; }
}
