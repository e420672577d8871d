using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sidecar.Tests.Hosting;

namespace Sidecar.Tests.PubSub;

/// <summary>A request the app got.</summary>
internal sealed record Received(string Path, string ContentType, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;
}

/// <summary>An app that subscribes, and remembers and answers what it gets.</summary>
internal sealed class Subscriber : IAsyncDisposable
{
    private readonly List<(Func<bool> Condition, TaskCompletionSource Met)> _waits = [];
    private readonly Lock _lock = new();
    private TestApp _app = null!;

    public ConcurrentQueue<Received> Received { get; } = new();

    /// <summary>Answer to <c>GET /dapr/subscribe</c>; null answers 404.</summary>
    public string? Subscriptions { get; set; }

    /// <summary>Status and body for each delivery.</summary>
    public Func<Received, (int Status, string Body)> Answer { get; set; } = _ => (200, "");

    /// <summary>Answer to <c>GET /healthz</c>.</summary>
    public bool Healthy { get; set; } = true;

    public Func<Received, Task> BeforeAnswer { get; set; } = _ => Task.CompletedTask;

    public int Port => _app.Port;

    public static async Task<Subscriber> StartAsync(string? subscriptions)
    {
        var subscriber = new Subscriber { Subscriptions = subscriptions };
        subscriber._app = await TestApp.StartAsync(subscriber.HandleAsync);
        return subscriber;
    }

    /// <summary>Waits until a condition on what was received holds.</summary>
    public async Task WaitAsync(Func<bool> condition)
    {
        TaskCompletionSource met = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (condition())
                return;
            _waits.Add((condition, met));
        }

        await met.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    public Task WaitForAsync(int count) => WaitAsync(() => Received.Count >= count);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext http)
    {
        if (http.Request.Path == "/dapr/subscribe")
        {
            http.Response.StatusCode = Subscriptions is null ? 404 : 200;
            await http.Response.WriteAsync(Subscriptions ?? "");
            return;
        }

        if (http.Request.Path == "/healthz")
        {
            http.Response.StatusCode = Healthy ? 200 : 500;
            return;
        }

        using var reader = new StreamReader(http.Request.Body);
        var received = new Received(
            http.Request.Path, http.Request.ContentType ?? "",
            http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            await reader.ReadToEndAsync());
        await BeforeAnswer(received);
        var (status, body) = Answer(received);
        Received.Enqueue(received);
        http.Response.StatusCode = status;
        await http.Response.WriteAsync(body);
        lock (_lock)
        {
            foreach (var wait in _waits.Where(wait => wait.Condition()).ToList())
            {
                _waits.Remove(wait);
                wait.Met.SetResult();
            }
        }
    }
}
