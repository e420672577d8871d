using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Resiliency;

namespace Sidecar.Runtime.PubSub;

/// <summary>Posts events to the app's routes and reads its answers as Dapr does.</summary>
internal sealed class HttpEventReceiver(IAppChannel app, ILogger logger) : IEventReceiver
{
    public async Task<Verdict> DeliverAsync(EventDelivery delivery, CancellationToken cancellationToken)
    {
        using var span = DeliveryHeaders.StartSpan(delivery.Message.Topic, delivery.Fields);
        using var request = new HttpRequestMessage(HttpMethod.Post, RouteOf(delivery.Path));
        request.Content = new ReadOnlyMemoryContent(delivery.CloudEvent);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(ContentTypes.CloudEvent);
        DeliveryHeaders.Apply(request, delivery.PubSubName, delivery.Message.Metadata, delivery.Fields.TraceParent, delivery.Fields.TraceState);

        using var response = await app.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        span?.SetTag("http.response.status_code", (int)response.StatusCode);
        if (response.IsSuccessStatusCode)
            return await ReadVerdictAsync(delivery, response, cancellationToken);

        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            PubSubLog.RouteMissing(logger, delivery.Fields.Id, delivery.Message.Topic, delivery.Path);
            return Verdict.Drop;
        }

        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        throw new OperationFailedException(
            $"retriable error returned from app while processing pub/sub event {delivery.Fields.Id}, topic: {delivery.Message.Topic}, body: {body}. status code returned: {(int)response.StatusCode}")
        {
            HttpStatus = (int)response.StatusCode,
        };
    }

    /// <summary>The app's address for a route; .NET apps name routes without a leading slash.</summary>
    public static Uri RouteOf(string path) => new(path.StartsWith('/') ? path : "/" + path, UriKind.Relative);

    private async Task<Verdict> ReadVerdictAsync(EventDelivery delivery, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength == 0)
            return Verdict.Success;
        var status = StatusOf(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        switch (status)
        {
            case null or "" or "SUCCESS":
                return Verdict.Success;
            case "DROP":
                PubSubLog.Dropped(logger, delivery.Fields.Id, delivery.Message.Topic);
                return Verdict.Drop;
            case "RETRY":
                throw new OperationFailedException($"RETRY status returned from app while processing pub/sub event {delivery.Fields.Id}");
            default:
                throw new OperationFailedException($"unknown status returned from app while processing pub/sub event {delivery.Fields.Id}, status: {status}");
        }
    }

    /// <summary>The text of <c>status</c>; null when the body is no JSON object with one, which counts as success.</summary>
    private static string? StatusOf(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return null;
            string? status = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isStatus = reader.ValueTextEquals("status"u8) || "status".Equals(reader.GetString(), StringComparison.OrdinalIgnoreCase);
                reader.Read();
                if (!isStatus || reader.TokenType == JsonTokenType.Null)
                    reader.Skip();
                else if (reader.TokenType == JsonTokenType.String)
                    status = reader.GetString();
                else
                    return null;
            }

            return status;
        }
        catch (JsonException)
        {
            // Not Dapr's answer format: any 2xx is a success.
            return null;
        }
    }
}
