using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Sidecar.Tests.Hosting;

/// <summary>An app on a port of its own, with one handler for all it is asked but its configuration.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestApp(WebApplication app, int port)
    {
        _app = app;
        Port = port;
    }

    public int Port { get; }

    public static async Task<TestApp> StartAsync(RequestDelegate handler, HttpProtocols protocols = HttpProtocols.Http1, int port = 0, string? config = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Listen(IPAddress.Loopback, port, listen => listen.Protocols = protocols);
        });
        var app = builder.Build();
        app.Run(http => http.Request.Path == "/dapr/config" ? ConfigureAsync(http, config) : handler(http));
        await app.StartAsync();
        var bound = new Uri(app.Urls.First()).Port;
        return new TestApp(app, bound);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static Task ConfigureAsync(HttpContext http, string? config)
    {
        http.Response.StatusCode = config is null ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
        return http.Response.WriteAsync(config ?? "");
    }
}
