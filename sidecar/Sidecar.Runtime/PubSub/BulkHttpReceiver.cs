using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Resiliency;

namespace Sidecar.Runtime.PubSub;

/// <summary>
/// Posts batches of events to one route. Unlike with single events, no answer for an entry means RETRY, as does an empty answer for all;
/// a 404 acknowledges the whole batch.
/// </summary>
internal sealed class BulkHttpReceiver(IAppChannel app, ILogger logger) : IBulkReceiver
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private static readonly JsonSerializerOptions s_json = new() { PropertyNameCaseInsensitive = true };

    /// <inheritdoc/>
    public async Task<BulkStatus[]> DeliverAsync(BulkDelivery delivery, CancellationToken cancellationToken)
    {
        var (pubSubName, topic, path, raw, items) = delivery;
        using var span = DeliveryHeaders.StartSpan(topic, items[0].Fields);
        using var buffer = new PooledBuffer(items.Sum(item => item.Message.Data.Length + 256));
        Write(buffer, pubSubName, topic, raw, items);
        using var request = new HttpRequestMessage(HttpMethod.Post, HttpEventReceiver.RouteOf(path));
        request.Content = new ReadOnlyMemoryContent(buffer.Written);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(ContentTypes.Json);
        DeliveryHeaders.Apply(request, pubSubName, new Dictionary<string, string>(), items[0].Fields.TraceParent, items[0].Fields.TraceState);

        using var response = await app.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        span?.SetTag("http.response.status_code", (int)response.StatusCode);
        if (response.IsSuccessStatusCode)
            return delivery.Statuses(Read(await response.Content.ReadAsByteArrayAsync(cancellationToken)));

        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            PubSubLog.RouteMissing(logger, $"{items.Count} in bulk", topic, path);
            return new BulkStatus[items.Count];
        }

        throw new OperationFailedException(
            $"retriable error returned from app while processing bulk pub/sub event, topic: {topic}. status code returned: {(int)response.StatusCode}")
        {
            HttpStatus = (int)response.StatusCode,
        };
    }

    private static void Write(IBufferWriter<byte> target, string pubSubName, string topic, bool raw, IReadOnlyList<BulkItem> items)
    {
        using var json = new Utf8JsonWriter(target, s_options);
        json.WriteStartObject();
        json.WriteString("id"u8, Guid.NewGuid());
        json.WriteStartArray("entries"u8);
        foreach (var item in items)
        {
            json.WriteStartObject();
            json.WriteString("entryId"u8, item.EntryId);
            if (raw)
            {
                json.WriteBase64String("event"u8, item.Message.Data.Span);
            }
            else
            {
                json.WritePropertyName("event"u8);
                json.WriteRawValue(item.Message.Data.Span, skipInputValidation: true);
            }

            json.WriteString("contentType"u8, item.Message.ContentType);
            json.WriteStartObject("metadata"u8);
            foreach (var (name, value) in item.Message.Metadata)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("metadata"u8);
        json.WriteString("pubsubName"u8, pubSubName);
        json.WriteEndObject();
        json.WriteString("topic"u8, topic);
        json.WriteString("pubsubname"u8, pubSubName);
        json.WriteString("type"u8, "com.dapr.event.sent.bulk"u8);
        json.WriteEndObject();
    }

    private static List<(string EntryId, BulkStatus Status)> Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            return [.. (JsonSerializer.Deserialize<Answers>(body.Span, s_json)?.Statuses ?? [])
                .Where(answer => answer?.EntryId is not null).Select(answer => (answer!.EntryId!, StatusOf(answer.Status)))];
        }
        catch (JsonException exception)
        {
            throw new OperationFailedException($"failed unmarshalling app response for bulk subscribe: {exception.Message}", exception);
        }
    }

    private static BulkStatus StatusOf(string? status) => status switch
    {
        "SUCCESS" => BulkStatus.Success,
        "DROP" => BulkStatus.Drop,
        _ => BulkStatus.Retry,
    };

    private sealed record Answers(IReadOnlyList<Answer?>? Statuses);

    private sealed record Answer(string? EntryId, string? Status);
}
