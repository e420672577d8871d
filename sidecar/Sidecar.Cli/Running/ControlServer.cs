using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Sidecar.Cli.Messages;

namespace Sidecar.Cli.Running;

/// <summary>
/// What other commands ask of a run: an HTTP API of the host's own, apart from Dapr's, on a free loopback port. Address and token stand in the host's run record, which only its owner can read.
/// <c>GET /control/messages/pending</c>, <c>GET /control/messages/dead</c>, <c>GET /control/messages/letter?id=</c>, <c>POST /control/messages/replay?id=</c>, <c>POST /control/messages/discard?id=</c>, <c>POST /control/apps/stop?app-id=</c>.
/// </summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private readonly WebApplication _server;

    private ControlServer(WebApplication server, string token)
    {
        _server = server;
        Token = token;
        Address = server.Urls.First();
    }

    /// <summary>Base address.</summary>
    public string Address { get; }

    /// <summary>Bearer token of every request.</summary>
    public string Token { get; }

    public static async Task<ControlServer> StartAsync(IMessages messages, Func<string, Task<bool>> stopApp)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var server = builder.Build();
        var token = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        var expected = Encoding.ASCII.GetBytes($"Bearer {token}");
        server.Use(async (HttpContext http, RequestDelegate next) =>
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(http.Request.Headers.Authorization.ToString()), expected))
                await next(http);
            else
                http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        });
        Map(server.MapGroup("/control/messages"), messages);
        server.MapPost("/control/apps/stop", async http =>
            http.Response.StatusCode = await stopApp(http.Request.Query["app-id"].ToString()) ? StatusCodes.Status204NoContent : StatusCodes.Status404NotFound);
        await server.StartAsync();
        return new ControlServer(server, token);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static void Map(RouteGroupBuilder routes, IMessages messages)
    {
        routes.MapGet("/pending", async http => await AnswerAsync(http, await messages.PendingAsync(http.RequestAborted), MessagesJson.Default.PendingView));
        routes.MapGet("/dead", async http => await AnswerAsync(http, await messages.DeadAsync(http.RequestAborted), MessagesJson.Default.IReadOnlyListLetterView));
        routes.MapGet("/letter", async http => await AnswerAsync(http, await messages.ShowAsync(Id(http), http.RequestAborted), MessagesJson.Default.LetterDetail));
        routes.MapPost("/replay", async http => await AnswerAsync(http, await messages.ReplayAsync(Id(http), http.RequestAborted), MessagesJson.Default.Settled));
        routes.MapPost("/discard", async http => await AnswerAsync(http, await messages.DiscardAsync(Id(http), http.RequestAborted), MessagesJson.Default.Settled));
    }

    private static string Id(HttpContext http) => http.Request.Query["id"].ToString();

    private static Task AnswerAsync<T>(HttpContext http, T? answer, JsonTypeInfo<T> json)
        where T : class
    {
        if (answer is not null)
            return http.Response.WriteAsJsonAsync(answer, json);
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
