using System.Globalization;
using Dapr.Common.Sidecar;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Wire = Dapr.Protocol.Runtime.V1;

namespace Dapr.Client.Sidecar;

internal sealed partial class GrpcDaprClient
{
    private const string JsonContentType = "application/json";
    private const string CloudEventContentType = "application/cloudevents+json";
    private const string BinaryContentType = "application/octet-stream";

    private readonly PreviewFallback<Wire.BulkPublishRequest, Wire.BulkPublishResponse> bulkPublish =
        new(sidecar, "Bulk publish", DaprMethods.BulkPublishEvent, DaprMethods.BulkPublishEventAlpha1);

    public override Task PublishEventAsync<TData>(string pubsubName, string topicName, TData data, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        return PublishAsync(pubsubName, topicName, ToJson(data), JsonOrCloudEvent(data), null, cancellationToken);
    }

    public override Task PublishEventAsync<TData>(
        string pubsubName, string topicName, TData data, Dictionary<string, string> metadata, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(metadata);
        return PublishAsync(pubsubName, topicName, ToJson(data), JsonOrCloudEvent(data), metadata, cancellationToken);
    }

    public override Task PublishEventAsync(string pubsubName, string topicName, CancellationToken cancellationToken = default) =>
        PublishAsync(pubsubName, topicName, null, null, null, cancellationToken);

    public override Task PublishEventAsync(
        string pubsubName, string topicName, Dictionary<string, string> metadata, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return PublishAsync(pubsubName, topicName, null, null, metadata, cancellationToken);
    }

    public override Task PublishByteEventAsync(
        string pubsubName,
        string topicName,
        ReadOnlyMemory<byte> data,
        string dataContentType = JsonContentType,
        Dictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default) =>
        PublishAsync(pubsubName, topicName, ByteString.CopyFrom(data.Span), dataContentType, metadata, cancellationToken);

    public override async Task<BulkPublishResponse<TValue>> BulkPublishEventAsync<TValue>(
        string pubsubName,
        string topicName,
        IReadOnlyList<TValue> events,
        Dictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(pubsubName);
        ArgumentException.ThrowIfNullOrEmpty(topicName);
        ArgumentNullException.ThrowIfNull(events);
        var request = new Wire.BulkPublishRequest { PubsubName = pubsubName, Topic = topicName };
        Copy(metadata, request.Metadata);
        request.Entries.AddRange(events.Select(ToEntry));
        try
        {
            var response = await bulkPublish.CallAsync(request, cancellationToken);
            var sent = request.Entries.Select((entry, index) => new BulkPublishEntry<TValue>(entry.EntryId, events[index], entry.ContentType, entry.Metadata))
                .ToDictionary(entry => entry.EntryId);
            return new BulkPublishResponse<TValue>(
                [.. response.FailedEntries.Select(failed => new BulkPublishResponseFailedEntry<TValue>(sent[failed.EntryId], failed.Error))]);
        }
        catch (GrpcException error)
        {
            throw Failure("Bulk Publish", error);
        }
    }

    public override async Task InvokeBindingAsync<TRequest>(
        string bindingName,
        string operation,
        TRequest data,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default) =>
        await CallBindingAsync(bindingName, operation, ToJson(data), metadata, cancellationToken);

    public override async Task<TResponse> InvokeBindingAsync<TRequest, TResponse>(
        string bindingName,
        string operation,
        TRequest data,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        var response = await CallBindingAsync(bindingName, operation, ToJson(data), metadata, cancellationToken);
        return FromJson<TResponse>(response.Data, "Binding", "response");
    }

    public override async Task<BindingResponse> InvokeBindingAsync(BindingRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var data = ByteString.CopyFrom(request.Data.Span);
        var response = await CallBindingAsync(request.BindingName, request.Operation, data, request.Metadata, cancellationToken);
        return new BindingResponse(request, response.Data.Memory, new Dictionary<string, string>(response.Metadata));
    }

    private Task<Empty> PublishAsync(
        string pubsub, string topic, ByteString? data, string? contentType, Dictionary<string, string>? metadata, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(pubsub, "pubsubName");
        ArgumentException.ThrowIfNullOrEmpty(topic, "topicName");
        var request = new Wire.PublishEventRequest { PubsubName = pubsub, Topic = topic };
        Copy(metadata, request.Metadata);

        // An event without data has no content type either.
        if (data is not null)
        {
            request.Data = data;
            request.DataContentType = contentType ?? JsonContentType;
        }

        return CallAsync("Publish", DaprMethods.PublishEvent, request, cancellation);
    }

    private Wire.BulkPublishRequestEntry ToEntry<TValue>(TValue value, int index) => new()
    {
        EntryId = index.ToString(CultureInfo.InvariantCulture),
        Event = value is byte[] bytes ? ByteString.CopyFrom(bytes) : ToJson(value),
        ContentType = value is byte[]? BinaryContentType : JsonOrCloudEvent(value),
    };

    private static string JsonOrCloudEvent<T>(T data) => data is CloudEvent ? CloudEventContentType : JsonContentType;

    private Task<Wire.InvokeBindingResponse> CallBindingAsync(
        string name, string operation, ByteString data, IEnumerable<KeyValuePair<string, string>>? metadata, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(name, "bindingName");
        ArgumentException.ThrowIfNullOrEmpty(operation);
        var request = new Wire.InvokeBindingRequest { Name = name, Operation = operation, Data = data };
        Copy(metadata, request.Metadata);
        return CallAsync("Binding", DaprMethods.InvokeBinding, request, cancellation);
    }
}
