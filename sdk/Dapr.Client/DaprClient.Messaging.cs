namespace Dapr.Client;

public abstract partial class DaprClient
{
    /// <summary>Publishes <paramref name="data"/> as JSON; a <see cref="CloudEvent"/> is published as the CloudEvent it is.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    public abstract Task PublishEventAsync<TData>(string pubsubName, string topicName, TData data, CancellationToken cancellationToken = default);

    /// <summary>Publishes <paramref name="data"/> as JSON with metadata, such as <c>partitionKey</c> or <c>ttlInSeconds</c>.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    public abstract Task PublishEventAsync<TData>(
        string pubsubName, string topicName, TData data, Dictionary<string, string> metadata, CancellationToken cancellationToken = default);

    /// <summary>Publishes an event without data.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    public abstract Task PublishEventAsync(string pubsubName, string topicName, CancellationToken cancellationToken = default);

    /// <summary>Publishes an event without data, with metadata.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    public abstract Task PublishEventAsync(
        string pubsubName, string topicName, Dictionary<string, string> metadata, CancellationToken cancellationToken = default);

    /// <summary>
    /// Publishes many events in one call; <c>byte[]</c> events go as <c>application/octet-stream</c>, others as JSON.
    /// Some may fail while others are published: see the answer.
    /// </summary>
    /// <exception cref="DaprException">All failed, the sidecar refused or could not be reached.</exception>
    public abstract Task<BulkPublishResponse<TValue>> BulkPublishEventAsync<TValue>(
        string pubsubName,
        string topicName,
        IReadOnlyList<TValue> events,
        Dictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Publishes bytes as they are, under the media type given.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    public abstract Task PublishByteEventAsync(
        string pubsubName,
        string topicName,
        ReadOnlyMemory<byte> data,
        string dataContentType = "application/json",
        Dictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Calls an output binding with <paramref name="data"/> as JSON.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    public abstract Task InvokeBindingAsync<TRequest>(
        string bindingName,
        string operation,
        TRequest data,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Calls an output binding with <paramref name="data"/> as JSON and reads its answer as JSON.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached, or the answer is not the JSON expected.</exception>
    public abstract Task<TResponse> InvokeBindingAsync<TRequest, TResponse>(
        string bindingName,
        string operation,
        TRequest data,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Calls an output binding with bytes.</summary>
    /// <exception cref="DaprException">The sidecar refused or could not be reached.</exception>
    public abstract Task<BindingResponse> InvokeBindingAsync(BindingRequest request, CancellationToken cancellationToken = default);
}
