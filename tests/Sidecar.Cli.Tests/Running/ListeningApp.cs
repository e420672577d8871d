using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Sidecar.Cli.Tests.Running;

/// <summary>An app inside the test that hears events while hosts come and go.</summary>
internal sealed class ListeningApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ListeningApp(WebApplication app) => _app = app;

    /// <summary>CloudEvents it was given, answered or refused.</summary>
    public ConcurrentQueue<JsonElement> Heard { get; } = new();

    /// <summary>Jobs that were triggered.</summary>
    public ConcurrentQueue<string> Jobs { get; } = new();

    /// <summary>Answers DROP.</summary>
    public bool Drops { get; set; }

    public int Port => new Uri(_app.Urls.First()).Port;

    public IEnumerable<string> Data => Heard.Select(cloudEvent => cloudEvent.GetProperty("data").ToString());

    public static async Task<ListeningApp> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var listening = new ListeningApp(builder.Build());
        listening._app.MapPost("/hear", async (HttpRequest request) =>
        {
            using var cloudEvent = await JsonDocument.ParseAsync(request.Body);
            listening.Heard.Enqueue(cloudEvent.RootElement.Clone());
            return Results.Text(listening.Drops ? """{"status":"DROP"}""" : "{}", "application/json");
        });
        listening._app.MapPost("/job/{name}", (string name) => listening.Jobs.Enqueue(name));
        await listening._app.StartAsync();
        return listening;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
