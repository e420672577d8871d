using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Runtime.State;

/// <summary>The state API over HTTP.</summary>
public static class StateHttpApi
{
    private static readonly string[] s_write = [HttpMethods.Post, HttpMethods.Put];
    private static readonly JsonSerializerOptions s_json = new() { PropertyNameCaseInsensitive = true, RespectNullableAnnotations = false };

    /// <summary>Maps <c>/v1.0/state</c> and the alpha query.</summary>
    public static void MapStateApi(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1.0/state/{store}/{key}", GetAsync);
        routes.MapMethods("/v1.0/state/{store}", s_write, SaveAsync);
        routes.MapDelete("/v1.0/state/{store}/{key}", DeleteAsync);
        routes.MapMethods("/v1.0/state/{store}/bulk", s_write, BulkGetAsync);
        routes.MapMethods("/v1.0/state/{store}/transaction", s_write, TransactAsync);
        routes.MapMethods("/v1.0-alpha1/state/{store}/query", s_write, QueryAsync);
    }

    private static StateStoreClient Store(HttpContext http) => http.GetBlock<StateBlock>().GetStore(http.RouteText("store"));

    private static async Task GetAsync(HttpContext http)
    {
        var item = await Store(http).GetAsync(http.RouteText("key"), http.RequestAborted);
        if (item is null)
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        http.Response.ContentType = "application/json";
        http.Response.ContentLength = item.Value.Length;
        http.Response.Headers.ETag = item.ETag;
        foreach (var (key, value) in StateStoreClient.MetadataOf(item))
            http.Response.Headers[$"metadata.{key}"] = value;
        await http.Response.BodyWriter.WriteAsync(item.Value, http.RequestAborted);
    }

    private static async Task SaveAsync(HttpContext http)
    {
        var store = Store(http);
        var items = await ReadAsync<StateItemJson[]>(http, StateErrors.MalformedItems);
        if (items.Any(item => string.IsNullOrEmpty(item?.Key)))
            throw StateErrors.KeyRequired();

        var metadata = http.RequestMetadata();
        if (items.Length > 0)
            await store.SaveAsync(Checked(() => items.Select(item => item.ToSave(metadata)).ToArray(), e => StateErrors.SaveFailed(store.Name, e)), http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task DeleteAsync(HttpContext http)
    {
        var store = Store(http);
        var key = http.RouteText("key");
        Checked(() => StateOptionsJson.Read(http.Request.Query["concurrency"], http.Request.Query["consistency"]), e => StateErrors.DeleteFailed(key, e));
        var etag = http.Request.Headers.IfMatch.ToString();
        await store.DeleteAsync(new DeleteRequest(key, etag.Length == 0 ? null : etag), http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task BulkGetAsync(HttpContext http)
    {
        var store = Store(http);
        var keys = ((await ReadAsync<BulkGetJson>(http, StateErrors.Malformed)).Keys ?? []).Select(key => key ?? "").ToArray();
        var items = await store.GetManyAsync(keys, http.RequestAborted);
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            for (var i = 0; i < keys.Length; i++)
                WriteItem(json, keys[i], items[i]);
            json.WriteEndArray();
        }

        http.Response.ContentType = "application/json";
        http.Response.ContentLength = buffer.WrittenCount;
        await http.Response.BodyWriter.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
    }

    private static async Task TransactAsync(HttpContext http)
    {
        var store = Store(http);
        var transaction = await ReadAsync<TransactionJson>(http, StateErrors.Malformed);
        var metadata = http.RequestMetadata();
        var requests = Checked(() => (transaction.Operations ?? []).Select(operation => ToRequest(operation, metadata)).ToArray(), StateErrors.TransactionFailed);
        await store.TransactAsync(requests, EventTrace.Current(http.Request.Headers.TraceParent, http.Request.Headers.TraceState), http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task QueryAsync(HttpContext http)
    {
        var page = await Store(http).QueryAsync(await http.ReadBodyAsync(), http.RequestMetadata(), http.RequestAborted);
        if (page.Items.Count == 0)
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("results");
            foreach (var item in page.Items)
                WriteItem(json, item.Key, item);
            json.WriteEndArray();
            if (page.Token.Length > 0)
                json.WriteString("token", page.Token);
            json.WriteEndObject();
        }

        http.Response.ContentType = "application/json";
        http.Response.ContentLength = buffer.WrittenCount;
        await http.Response.BodyWriter.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
    }

    private static object ToRequest(OperationJson operation, IReadOnlyDictionary<string, string> metadata)
    {
        var name = operation?.Operation ?? "";
        if (name is not ("upsert" or "delete"))
            throw StateErrors.UnsupportedOperation(name);
        if (string.IsNullOrEmpty(operation!.Request?.Key))
            throw StateErrors.KeyRequired();
        return name == "upsert"
            ? operation.Request.ToSave(metadata)
            : new DeleteRequest(operation.Request.Key, string.IsNullOrEmpty(operation.Request.ETag) ? null : operation.Request.ETag);
    }

    /// <summary>Options that are none of Dapr's fail as the store's own refusal would.</summary>
    private static T Checked<T>(Func<T> read, Func<FormatException, Exception> refuse)
    {
        try
        {
            return read();
        }
        catch (FormatException e)
        {
            throw refuse(e);
        }
    }

    private static async Task<T> ReadAsync<T>(HttpContext http, Func<JsonException, Exception> refuse)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(await http.ReadBodyAsync(), s_json) ?? throw refuse(new JsonException("null is no request"));
        }
        catch (JsonException e)
        {
            throw refuse(e);
        }
    }

    private static void WriteItem(Utf8JsonWriter json, string key, StateItem? item)
    {
        json.WriteStartObject();
        json.WriteString("key", key);
        if (item is not null)
        {
            json.WritePropertyName("data");
            WriteValue(json, item.Value.Span);
            json.WriteString("etag", item.ETag);
            var metadata = StateStoreClient.MetadataOf(item);
            if (metadata.Count > 0)
            {
                json.WriteStartObject("metadata");
                foreach (var (name, value) in metadata)
                    json.WriteString(name, value);
                json.WriteEndObject();
            }
        }

        json.WriteEndObject();
    }

    /// <summary>Bytes that were saved over gRPC need not be JSON; they are shown as a string then.</summary>
    private static void WriteValue(Utf8JsonWriter json, ReadOnlySpan<byte> value)
    {
        var reader = new Utf8JsonReader(value);
        try
        {
            reader.Read();
            reader.Skip();
            if (!reader.Read())
            {
                json.WriteRawValue(value, skipInputValidation: true);
                return;
            }
        }
        catch (JsonException)
        {
            // Not JSON: below.
        }

        json.WriteBase64StringValue(value);
    }
}
