using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Invocation;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Actors;

/// <summary>The actor API over HTTP.</summary>
public static class ActorsHttpApi
{
    private const string Actor = "/v1.0/actors/{type}/{id}";
    private static readonly string[] s_invoke = [HttpMethods.Post, HttpMethods.Put, HttpMethods.Get, HttpMethods.Delete];
    private static readonly string[] s_write = [HttpMethods.Post, HttpMethods.Put];

    /// <summary>Maps <c>/v1.0/actors</c>.</summary>
    public static void MapActorsApi(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Actor + "/method/{method}", s_invoke, InvokeAsync);
        routes.MapMethods(Actor + "/state", s_write, TransactAsync);
        routes.MapGet(Actor + "/state/{key}", GetStateAsync);
        routes.MapMethods(Actor + "/reminders/{name}", s_write, SetReminderAsync);
        routes.MapGet(Actor + "/reminders/{name}", GetReminderAsync);
        routes.MapDelete(Actor + "/reminders/{name}", RemoveReminderAsync);
        routes.MapMethods(Actor + "/timers/{name}", s_write, SetTimerAsync);
        routes.MapDelete(Actor + "/timers/{name}", RemoveTimerAsync);
    }

    private static ActorsBlock Block(HttpContext http) => http.GetBlock<ActorsBlock>();

    private static ActorAddress Address(HttpContext http) => new(http.RouteText("type"), http.RouteText("id"));

    private static async Task InvokeAsync(HttpContext http)
    {
        var call = new ActorCall(Address(http), http.RouteText("method"), await http.ReadBodyAsync())
        {
            Query = http.Request.QueryString.Value ?? "",
            Headers = http.Request.Headers,
        };
        using var response = await Block(http).InvokeAsync(call, http.RequestAborted);
        ForwardedHeaders.CopyResponse(response, http.Response);
        await ResponseBody.CopyAsync(response, http.Response, http.RequestAborted);
    }

    private static async Task GetStateAsync(HttpContext http)
    {
        var item = await Block(http).GetStateAsync(Address(http), http.RouteText("key"), http.RequestAborted);
        if (item is null || item.Value.IsEmpty)
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        http.Response.ContentType = "application/json";
        http.Response.ContentLength = item.Value.Length;
        foreach (var (key, value) in StateStoreClient.MetadataOf(item))
            http.Response.Headers[$"metadata.{key}"] = value;
        await http.Response.BodyWriter.WriteAsync(item.Value, http.RequestAborted);
    }

    private static async Task TransactAsync(HttpContext http)
    {
        var changes = await ReadAsync(http, ActorRequestJson.ReadChanges);
        await Block(http).TransactAsync(Address(http), changes, http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task SetReminderAsync(HttpContext http)
    {
        var request = await ReadAsync(http, ActorRequestJson.ReadReminder);
        await Block(http).SetReminderAsync(Address(http), http.RouteText("name"), request, http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task GetReminderAsync(HttpContext http)
    {
        var reminder = await Block(http).GetReminderAsync(Address(http), http.RouteText("name"), http.RequestAborted);
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
            ActorRequestJson.Write(json, reminder);
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = buffer.WrittenCount;
        await http.Response.BodyWriter.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
    }

    private static async Task RemoveReminderAsync(HttpContext http)
    {
        await Block(http).RemoveReminderAsync(Address(http), http.RouteText("name"), http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task SetTimerAsync(HttpContext http)
    {
        var request = await ReadAsync(http, ActorRequestJson.ReadTimer);
        await Block(http).SetTimerAsync(Address(http), http.RouteText("name"), request, http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task RemoveTimerAsync(HttpContext http)
    {
        await Block(http).RemoveTimerAsync(Address(http), http.RouteText("name"), http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task<T> ReadAsync<T>(HttpContext http, Func<JsonElement, T> read)
    {
        // The reserved types are refused whatever the body says.
        if (Address(http) is { IsReserved: true } address)
            throw ActorErrors.TypeReserved(address.Type);
        try
        {
            using var document = JsonDocument.Parse(await http.ReadBodyAsync());
            return read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw ActorErrors.Malformed(e.Message);
        }
    }
}
