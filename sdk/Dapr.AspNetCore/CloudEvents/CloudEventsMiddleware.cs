using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Dapr;

/// <summary>
/// Takes structured CloudEvents apart: the handler finds the data as its body and the media type of the data as its content type.
/// Every other request passes untouched.
/// </summary>
internal sealed class CloudEventsMiddleware(RequestDelegate next, CloudEventsMiddlewareOptions options)
{
    private const string StructuredCloudEvent = "application/cloudevents+json";
    private const string DefaultDataContentType = "application/json";

    // Data is the body; the other two reach the handler as headers that the sidecar sets itself.
    private static readonly string[] NeverForwarded = ["data", "data_base64", "datacontenttype", "pubsubname", "traceparent"];

    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var mediaType) || mediaType.MediaType != StructuredCloudEvent)
        {
            await next(context);
            return;
        }

        var envelope = await ReadAsync(request, mediaType, context.RequestAborted);
        var data = Find(envelope, "data");
        var binary = Find(envelope, "data_base64");
        if (data is not null && binary is not null)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var (body, contentType) = (data, binary) switch
        {
            ({ } json, _) => Unwrap(json, envelope),
            (_, { } base64) => (base64.GetBytesFromBase64(), DataContentType(envelope).Value),
            _ => ([], null),
        };
        ForwardAttributes(envelope, request.Headers);
        await NextWithAsync(context, body, contentType);
    }

    private async Task NextWithAsync(HttpContext context, byte[] body, string? contentType)
    {
        var request = context.Request;
        var (originalBody, originalContentType) = (request.Body, request.ContentType);
        try
        {
            request.Body = new MemoryStream(body, writable: false);
            request.ContentType = contentType;
            await next(context);
        }
        finally
        {
            request.ContentType = originalContentType;
            request.Body = originalBody;
        }
    }

    private (byte[] Body, string? ContentType) Unwrap(JsonElement data, JsonElement envelope)
    {
        var (contentType, isJson) = DataContentType(envelope);

        // Data that is not a JSON string is JSON whatever the content type says: the specification puts text into a string.
        var asJson = isJson || data.ValueKind != JsonValueKind.String || options.SuppressJsonDecodingOfTextPayloads;
        return (asJson ? JsonSerializer.SerializeToUtf8Bytes(data) : Encoding.UTF8.GetBytes(data.GetString()!), contentType);
    }

    private void ForwardAttributes(JsonElement envelope, IHeaderDictionary headers)
    {
        if (!options.ForwardCloudEventPropertiesAsHeaders)
            return;

        foreach (var attribute in envelope.EnumerateObject().Where(attribute => IsForwarded(attribute.Name)))
            headers.TryAdd($"Cloudevent.{attribute.Name.ToLowerInvariant()}", attribute.Value.GetRawText().Trim('"'));
    }

    private bool IsForwarded(string name)
    {
        if (NeverForwarded.Contains(name, StringComparer.OrdinalIgnoreCase))
            return false;

        if (options.IncludedCloudEventPropertiesAsHeaders is { } included)
            return included.Contains(name, StringComparer.OrdinalIgnoreCase);

        return options.ExcludedCloudEventPropertiesFromHeaders?.Contains(name, StringComparer.OrdinalIgnoreCase) != true;
    }

    private static async Task<JsonElement> ReadAsync(HttpRequest request, MediaTypeHeaderValue mediaType, CancellationToken cancellation)
    {
        var charset = mediaType.Charset.Length > 0 ? mediaType.Charset.Value! : Encoding.UTF8.WebName;
        if (string.Equals(charset, Encoding.UTF8.WebName, StringComparison.OrdinalIgnoreCase))
            return await JsonSerializer.DeserializeAsync<JsonElement>(request.Body, cancellationToken: cancellation);

        using var reader = new StreamReader(request.Body, Encoding.GetEncoding(charset), leaveOpen: true);
        return JsonSerializer.Deserialize<JsonElement>(await reader.ReadToEndAsync(cancellation));
    }

    private static (string Value, bool IsJson) DataContentType(JsonElement envelope)
    {
        if (Find(envelope, "datacontenttype") is not { ValueKind: JsonValueKind.String } given
            || !MediaTypeHeaderValue.TryParse(given.GetString(), out var parsed))
            return (DefaultDataContentType, true);

        // A string of any other type, be it "+json", is text: the official middleware looks for a suffix that it never finds, and applications read what it gives them.
        var isJson = parsed.MediaType.Equals(DefaultDataContentType, StringComparison.Ordinal);
        if (parsed.Charset.Length == 0)
            return (given.GetString()!, isJson);

        // The body is UTF-8 now, whatever the envelope's charset was.
        parsed.Charset = null;
        return (parsed.ToString(), isJson);
    }

    private static JsonElement? Find(JsonElement envelope, string name)
    {
        foreach (var attribute in envelope.EnumerateObject())
            if (attribute.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return attribute.Value;

        return null;
    }
}
