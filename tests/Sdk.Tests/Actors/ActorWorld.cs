using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Dapr.Actors;
using Dapr.Actors.Client;
using Dapr.Actors.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sdk.Tests.Actors;

/// <summary>An application that hosts actors, and between it and its callers a sidecar that hands calls on, keeps state, and remembers what it was sent.</summary>
internal sealed class ActorWorld : IAsyncDisposable
{
    private readonly WebApplication sidecar;
    private readonly ConcurrentQueue<SidecarCall> calls = new();
    private WebApplication? app;
    private HttpClient? http;

    private ActorWorld()
    {
        sidecar = Listening(WebApplication.CreateSlimBuilder());
        sidecar.MapPut("/v1.0/actors/{type}/{id}/method/{name}", InvokeAsync);
        sidecar.MapGet("/v1.0/actors/{type}/{id}/state/{key}", GetState);
        sidecar.MapPut("/v1.0/actors/{type}/{id}/state", SaveStateAsync);
        sidecar.MapGet("/v1.0/actors/{type}/{id}/reminders/{name}", GetReminder);
        sidecar.MapFallback(AcceptAsync);
    }

    /// <summary>The state of all actors, by <c>type/id/key</c>.</summary>
    public ConcurrentDictionary<string, string> State { get; } = new();

    public Diary Diary { get; } = new();

    /// <summary>What every request for a reminder finds; null for none.</summary>
    public string? Reminder { get; set; }

    /// <summary>A header that state is answered with.</summary>
    public string? StateExpires { get; set; }

    /// <summary>The application, as its sidecar calls it.</summary>
    public HttpClient App => http!;

    public IReadOnlyList<SidecarCall> Calls => [.. calls];

    public string Endpoint => sidecar.Urls.Single();

    /// <summary>Proxies as the application itself gets them.</summary>
    public IActorProxyFactory Proxies => app!.Services.GetRequiredService<IActorProxyFactory>();

    public static async Task<ActorWorld> StartAsync(Action<ActorRuntimeOptions>? configure = null)
    {
        var world = new ActorWorld();
        await world.sidecar.StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(world.Diary);
        builder.Services.AddScoped<Desk>();
        builder.Services.AddActors(options =>
        {
            options.HttpEndpoint = world.Endpoint;
            options.Actors.RegisterActor<Counter>();
            options.Actors.RegisterActor<Alarm>();
            configure?.Invoke(options);
        });
        world.app = Listening(builder);
        world.app.MapActorsHandlers();
        await world.app.StartAsync();
        world.http = new HttpClient { BaseAddress = new Uri(world.app.Urls.Single()) };
        return world;
    }

    public ICounter CounterOf(string id) => Proxies.CreateActorProxy<ICounter>(new ActorId(id), nameof(Counter));

    public IAlarm AlarmOf(string id) => Proxies.CreateActorProxy<IAlarm>(new ActorId(id), nameof(Alarm));

    /// <summary>As the sidecar does it when an actor, a timer or a reminder is due.</summary>
    public Task<HttpResponseMessage> PutAsync(string path, string json) => App.PutAsync(path, new StringContent(json));

    /// <summary>The calls of the sidecar whose path ends like this.</summary>
    public IEnumerable<SidecarCall> CallsOf(string ending) => calls.Where(call => call.Path.EndsWith(ending, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        http?.Dispose();
        if (app is not null)
            await app.DisposeAsync();

        await sidecar.DisposeAsync();
    }

    private static WebApplication Listening(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder.Build();
    }

    private async Task InvokeAsync(HttpContext context, string type, string id, string name)
    {
        var call = await RememberAsync(context);
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/actors/{type}/{Uri.EscapeDataString(id)}/method/{name}");
        request.Content = new ByteArrayContent(call.Body);
        foreach (var header in call.Headers.Where(header => header.Key is "X-DaprRequestHeader" or "Dapr-Reentrancy-Id"))
            request.Headers.Add(header.Key, header.Value);

        using var response = await App.SendAsync(request);
        if (response.Headers.TryGetValues("X-DaprErrorResponseHeader", out var error))
            context.Response.Headers["X-DaprErrorResponseHeader"] = error.Single();

        if (response.IsSuccessStatusCode)
        {
            await context.Response.Body.WriteAsync(await response.Content.ReadAsByteArrayAsync());
            return;
        }

        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        await context.Response.WriteAsJsonAsync(new { errorCode = "ERR_ACTOR_INVOKE_METHOD", message = $"error invoke actor method: ({(int)response.StatusCode})" });
    }

    private async Task GetState(HttpContext context, string type, string id, string key)
    {
        await RememberAsync(context);
        if (!State.TryGetValue($"{type}/{id}/{key}", out var json))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        if (StateExpires is not null)
            context.Response.Headers["metadata.ttlExpireTime"] = StateExpires;

        await context.Response.WriteAsync(json);
    }

    private async Task SaveStateAsync(HttpContext context, string type, string id)
    {
        using var operations = JsonDocument.Parse((await RememberAsync(context)).Body);
        foreach (var operation in operations.RootElement.EnumerateArray())
        {
            var request = operation.GetProperty("request");
            var key = $"{type}/{id}/{request.GetProperty("key").GetString()}";
            if (operation.GetProperty("operation").GetString() == "delete")
                State.TryRemove(key, out _);
            else
                State[key] = request.GetProperty("value").GetRawText();
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task GetReminder(HttpContext context)
    {
        await RememberAsync(context);
        context.Response.StatusCode = Reminder is null ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
        await context.Response.WriteAsync(Reminder ?? """{"errorCode":"ERR_ACTOR_REMINDER_NOT_FOUND","message":"not found"}""");
    }

    private async Task AcceptAsync(HttpContext context)
    {
        await RememberAsync(context);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task<SidecarCall> RememberAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var call = new SidecarCall(context.Request.Method, context.Request.Path.Value!, headers, body.ToArray());
        calls.Enqueue(call);
        return call;
    }
}

/// <summary>A call of the sidecar as it arrived.</summary>
internal sealed record SidecarCall(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>What actors did, in the order they did it.</summary>
public sealed class Diary
{
    private readonly ConcurrentQueue<string> entries = new();

    public IReadOnlyList<string> Entries => [.. entries];

    public void Write(string entry) => entries.Enqueue(entry);
}

/// <summary>A service that an actor has for as long as it lives.</summary>
public sealed class Desk(Diary diary) : IDisposable
{
    public void Dispose() => diary.Write("desk cleared");
}
