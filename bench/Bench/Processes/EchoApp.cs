using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bench.Processes;

/// <summary>An app that answers with what it is sent, also as the actor type "Echo", and that takes deliveries: one by one on the topic "single", in batches on "bulk".</summary>
internal static class EchoApp
{
    public const string Role = "__echo";

    private static readonly List<double> _latencies = [];
    private static readonly HttpClient _sidecar = new();
    private static long _delivered;

    public static async Task RunAsync(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var app = builder.Build();
        app.MapGet("/healthz", () => TypedResults.Ok());
        app.MapPost("/echo", EchoAsync);
        app.MapGet("/dapr/subscribe", () => Results.Json(new object[]
        {
            new { pubsubname = "pubsub", topic = "single", route = "/single" },
            new { pubsubname = "pubsub", topic = "bulk", route = "/bulk", bulkSubscribe = new { enabled = true, maxMessagesCount = 100, maxAwaitDurationMs = 20 } },
        }));
        app.MapGet("/dapr/config", () => Results.Text("""{"entities":["Echo"]}"""));
        app.MapPut("/actors/Echo/{id}/method/echo", (Delegate)EchoAsync);
        app.MapPut("/actors/Echo/{id}/method/save", (Delegate)SaveAsync);
        app.MapDelete("/actors/Echo/{id}", () => TypedResults.Ok());
        app.MapPost("/single", (Delegate)ReceiveAsync);
        app.MapPost("/bulk", (Delegate)ReceiveBulkAsync);
        app.MapGet("/delivered", () => Interlocked.Read(ref _delivered).ToString(CultureInfo.InvariantCulture));
        app.MapGet("/latencies", TakeLatencies);
        await app.StartAsync();
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        await Child.ServeAsync(new Dictionary<string, int> { ["app"] = address.Port });
    }

    private static async Task EchoAsync(HttpContext context)
    {
        context.Response.ContentType = context.Request.ContentType;
        context.Response.ContentLength = context.Request.ContentLength;
        await context.Request.Body.CopyToAsync(context.Response.Body);
    }

    /// <summary>An actor that keeps what it is sent; the caller says on which port the sidecar listens.</summary>
    private static async Task<IResult> SaveAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var change = new[] { new { operation = "upsert", request = new { key = "text", value = JsonSerializer.Deserialize<JsonElement>(await reader.ReadToEndAsync()) } } };
        using var saved = await _sidecar.PostAsJsonAsync(new Uri($"http://127.0.0.1:{context.Request.Query["port"]}/v1.0/actors/Echo/{context.GetRouteValue("id")}/state"), change);
        saved.EnsureSuccessStatusCode();
        return TypedResults.Ok();
    }

    private static async Task<IResult> ReceiveAsync(HttpContext context)
    {
        using var envelope = await JsonDocument.ParseAsync(context.Request.Body);
        var data = envelope.RootElement.TryGetProperty("data", out var wrapped) ? wrapped : envelope.RootElement;
        Note(data.GetProperty("at").GetInt64());
        return TypedResults.Ok();
    }

    private static async Task<IResult> ReceiveBulkAsync(HttpContext context)
    {
        using var batch = await JsonDocument.ParseAsync(context.Request.Body);
        var statuses = batch.RootElement.GetProperty("entries").EnumerateArray().Select(entry => new { entryId = entry.GetProperty("entryId").GetString(), status = "SUCCESS" }).ToArray();
        Interlocked.Add(ref _delivered, statuses.Length);
        return Results.Json(new { statuses });
    }

    private static void Note(long sentAt)
    {
        Interlocked.Increment(ref _delivered);
        lock (_latencies)
        {
            _latencies.Add(Stopwatch.GetElapsedTime(sentAt).TotalMilliseconds);
        }
    }

    private static IResult TakeLatencies()
    {
        lock (_latencies)
        {
            var taken = _latencies.ToArray();
            _latencies.Clear();
            return Results.Json(taken);
        }
    }
}
