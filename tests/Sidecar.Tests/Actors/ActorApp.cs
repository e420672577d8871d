using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Sidecar.Tests.Hosting;

namespace Sidecar.Tests.Actors;

/// <summary>A request that came to the app.</summary>
internal sealed record AppCall(string Method, string Path, string Body, IHeaderDictionary Headers)
{
    public override string ToString() => $"{Method} {Path}";
}

/// <summary>An app that hosts actors: it answers as a test says and remembers what it was asked.</summary>
internal sealed class ActorApp : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Channel<AppCall> _arrivals = Channel.CreateUnbounded<AppCall>();
    private TestApp _app = null!;

    public int Port => _app.Port;

    /// <summary>Answers a call of an actor; 200 without a body unless the test says otherwise.</summary>
    public Func<AppCall, HttpContext, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Calls of actors in the order they came.</summary>
    public ConcurrentQueue<AppCall> Calls { get; } = new();

    /// <summary>Starts it with what it says under <c>/dapr/config</c>.</summary>
    public static async Task<ActorApp> StartAsync(string config = """{"entities":["Counter"]}""")
    {
        var app = new ActorApp();
        app._app = await TestApp.StartAsync(app.HandleAsync, config: config);
        return app;
    }

    /// <summary>The next call of an actor.</summary>
    public async Task<AppCall> NextAsync() => await _arrivals.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>Waits until it was asked for so many calls in all.</summary>
    public Task WaitForCallsAsync(int count) => ActorPlace.UntilAsync(() => Calls.Count >= count);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext http)
    {
        if (!http.Request.Path.StartsWithSegments("/actors"))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        using var reader = new StreamReader(http.Request.Body);
        var call = new AppCall(
            http.Request.Method, http.Request.Path + http.Request.QueryString, await reader.ReadToEndAsync(), new HeaderDictionary(http.Request.Headers.ToDictionary()));
        Calls.Enqueue(call);
        _arrivals.Writer.TryWrite(call);
        await Answer(call, http);
    }
}
