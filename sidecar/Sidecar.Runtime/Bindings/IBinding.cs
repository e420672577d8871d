namespace Sidecar.Runtime.Bindings;

/// <summary>A binding component: an <see cref="IInputBinding"/>, an <see cref="IOutputBinding"/> or both.</summary>
public interface IBinding : IAsyncDisposable;

/// <summary>Calls something outside on behalf of the app.</summary>
public interface IOutputBinding : IBinding
{
    /// <summary>Names of the operations it knows, such as <c>create</c>.</summary>
    IReadOnlyList<string> Operations { get; }

    /// <summary>Does one of them; null where there is nothing to answer.</summary>
    /// <exception cref="BindingException">It failed, and what came back says more.</exception>
    Task<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken);
}

/// <summary>Brings events of something outside to the app.</summary>
public interface IInputBinding : IBinding
{
    /// <summary>Tells of events until the answer is disposed; what is being handled then is waited for.</summary>
    Task<IAsyncDisposable> ReadAsync(BindingEventHandler handler, CancellationToken cancellationToken);
}

/// <summary>Hands an event to the app and answers with what the app said.</summary>
/// <exception cref="Exception">The app did not take it.</exception>
public delegate Task<byte[]> BindingEventHandler(BindingEvent @event, CancellationToken cancellationToken);

/// <summary>An event of an input binding.</summary>
/// <param name="Data">Body for the app; may be empty.</param>
/// <param name="Metadata">Headers for the app.</param>
public sealed record BindingEvent(ReadOnlyMemory<byte> Data, IReadOnlyDictionary<string, string> Metadata);

/// <summary>A call of an output binding.</summary>
/// <param name="Operation">What to do.</param>
/// <param name="Data">With what: JSON where it came over HTTP.</param>
/// <param name="Metadata">How.</param>
public sealed record BindingRequest(string Operation, ReadOnlyMemory<byte> Data, IReadOnlyDictionary<string, string> Metadata);

/// <summary>What came of it.</summary>
/// <param name="Data">Body.</param>
/// <param name="Metadata">What is told beside it.</param>
public sealed record BindingResponse(ReadOnlyMemory<byte> Data, IReadOnlyDictionary<string, string> Metadata);

/// <summary>An output binding failed; what came back is told all the same.</summary>
public sealed class BindingException(string message, BindingResponse response) : Exception(message)
{
    /// <summary>What came back.</summary>
    public BindingResponse Response { get; } = response;
}
