using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sidecar.Testing;

namespace Sidecar.Tests.Bindings;

/// <summary>What came to the app or to the endpoint.</summary>
internal sealed record Came(string Method, string Path, string Body, IHeaderDictionary Headers);

/// <summary>An app, or something outside, that records what comes and answers as the test says.</summary>
internal sealed class Answering : IAsyncDisposable
{
    private readonly Channel<Came> _came = Channel.CreateUnbounded<Came>();
    private WebApplication _server = null!;

    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    public Uri Address { get; private set; } = null!;

    public static async Task<Answering> StartAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var answering = new Answering { _server = builder.Build() };
        answering._server.Run(answering.TakeAsync);
        await answering._server.StartAsync();
        answering.Address = new Uri(answering._server.Urls.Single());
        return answering;
    }

    /// <summary>The next request that is none of the sidecar's questions.</summary>
    public async Task<Came> NextAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var came = await _came.Reader.ReadAsync(patience.Token);
            if (!came.Path.StartsWith("/dapr/", StringComparison.Ordinal))
                return came;
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var came = new Came(http.Request.Method, http.Request.Path + http.Request.QueryString, await reader.ReadToEndAsync(), new HeaderDictionary(http.Request.Headers.ToDictionary()));
        await Answer(http);
        _came.Writer.TryWrite(came);
    }
}
