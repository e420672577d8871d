#nullable enable
using System.Text.Json;
using Dapr.Actors.Communication;
using Dapr.Actors.Runtime;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dapr.Actors.AspNetCore;

/// <summary>What the sidecar asks of an application that hosts actors. An exception that leaves here is a 500, which the sidecar takes for a failure.</summary>
internal sealed class ActorHandlers(ActorRuntime runtime)
{
    public async Task ConfigurationAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(runtime.WriteConfiguration(), context.RequestAborted);
    }

    public Task DeactivateAsync(HttpContext context) => ActorsOf(context).DeactivateAsync(IdOf(context));

    public async Task InvokeAsync(HttpContext context)
    {
        Reentrancy.ChainId = context.Request.Headers[Wire.ReentrancyHeader];
        var body = await ReadAsync(context.Request);
        var method = Value(context, "methodName");
        var answer = context.Request.Headers[Wire.RequestHeader].ToString() is { Length: > 0 } header
            ? await DispatchAsync(context, method, header, body)
            : await ActorsOf(context).InvokeAsync(IdOf(context), method, body, context.RequestAborted);
        await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }

    public async Task RemindAsync(HttpContext context) => await ActorsOf(context).RemindAsync(IdOf(context), Value(context, "name"), await ReadAsync(context.Request));

    public async Task FireTimerAsync(HttpContext context)
    {
        var isOver = await ActorsOf(context).FireTimerAsync(IdOf(context), await ReadAsync(context.Request));
        if (isOver)
            context.Response.Headers[Wire.CancelHeader] = "true";

        await context.Response.WriteAsJsonAsync(isOver, context.RequestAborted);
    }

    // An exception is an answer here, so that it reaches the caller as what it was.
    private async Task<byte[]> DispatchAsync(HttpContext context, string method, string header, byte[] body)
    {
        try
        {
            return await ActorsOf(context).DispatchAsync(IdOf(context), method, header, body, context.RequestAborted);
        }
        catch (Exception error)
        {
            var remote = RemoteError.Of(error);
            context.Response.Headers[Wire.ErrorResponseHeader] = remote.Header;
            return remote.Body;
        }
    }

    private ActorsOfType ActorsOf(HttpContext context) => runtime.OfType(Value(context, "actorType"));

    private static ActorId IdOf(HttpContext context) => new(Value(context, "actorId"));

    private static string Value(HttpContext context, string name) => (string)context.GetRouteValue(name)!;

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        return body.ToArray();
    }
}
