using System.Buffers;
using System.Text;
using System.Text.Json;
using Dapr.Protocol.Grpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.PubSub;

/// <summary>The publish API over HTTP.</summary>
public static class PubSubHttpApi
{
    private static readonly string[] s_write = [HttpMethods.Post, HttpMethods.Put];

    /// <summary>Maps <c>/v1.0/publish</c> and its bulk form. A topic may contain slashes.</summary>
    public static void MapPubSubApi(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/v1.0/publish/{pubsub}/{**topic}", s_write, PublishAsync);
        routes.MapMethods("/v1.0/publish/bulk/{pubsub}/{**topic}", s_write, PublishBulkAsync);
        routes.MapMethods("/v1.0-alpha1/publish/bulk/{pubsub}/{**topic}", s_write, PublishBulkAsync);
    }

    private static async Task PublishAsync(HttpContext http)
    {
        var body = await http.ReadBodyAsync();
        await http.GetBlock<PubSubBlock>().Publisher.PublishAsync(
            http.RouteText("pubsub"), http.RouteText("topic"), body, http.Request.ContentType ?? "", http.RequestMetadata(), TraceOf(http), http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task PublishBulkAsync(HttpContext http)
    {
        var (pubsub, topic, metadata) = (http.RouteText("pubsub"), http.RouteText("topic"), http.RequestMetadata());
        var publisher = http.GetBlock<PubSubBlock>().Publisher;
        publisher.Check(pubsub, topic, metadata);
        var entries = new BulkPublishRequestJson(pubsub, topic, http.GetSidecar().Options.AppId).Read(await http.ReadBodyAsync());
        try
        {
            await publisher.PublishBulkAsync(pubsub, topic, entries, metadata, TraceOf(http), http.RequestAborted);
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        catch (BulkPublishException exception)
        {
            await WriteFailedAsync(http, exception);
        }
    }

    private static async Task WriteFailedAsync(HttpContext http, BulkPublishException exception)
    {
        var body = FailedJson(exception);
        http.Response.StatusCode = exception.Error.HttpStatus;
        http.Response.ContentType = ContentTypes.Json;
        // Dapr says it in headers too. What a header cannot hold stays out of it.
        http.Response.Headers["metadata.responseData"] = HeaderText(Encoding.UTF8.GetString(body.Span));
        http.Response.Headers["metadata.error"] = HeaderText($"api error: code = {(GrpcStatusCode)exception.Error.GrpcStatus} desc = {exception.Error.Message}");
        http.Response.ContentLength = body.Length;
        await http.Response.BodyWriter.WriteAsync(body, http.RequestAborted);
    }

    private static string HeaderText(string text) => string.Concat(text.Select(c => c is >= ' ' and < (char)127 ? c : ' '));

    private static ReadOnlyMemory<byte> FailedJson(BulkPublishException exception)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartArray("failedEntries");
        foreach (var failed in exception.Failed)
        {
            json.WriteStartObject();
            json.WriteString("entryId", failed.EntryId);
            json.WriteString("error", failed.Error);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("errorCode", exception.Error.ErrorCode);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static EventTrace TraceOf(HttpContext http) =>
        EventTrace.Current(http.Request.Headers.TraceParent, http.Request.Headers.TraceState);
}
