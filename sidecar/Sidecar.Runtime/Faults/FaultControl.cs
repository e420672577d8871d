using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sidecar.Runtime.Faults;

/// <summary>What <c>POST /faults</c> takes.</summary>
/// <param name="Keys">Keys to record the passages of.</param>
/// <param name="Faults">Faults to arm; their keys are watched too.</param>
public sealed record FaultOrder(IReadOnlyList<string>? Keys, IReadOnlyList<Fault>? Faults);

/// <summary>
/// Arms faults and tells what was passed, over HTTP on a loopback port of its own; no Dapr API leads here. <c>POST /faults</c> watches and arms, <c>GET /faults</c> tells where everything stands
/// (<c>?passages=true</c> with names), <c>DELETE /faults</c> forgets, <c>POST /groups/{name}/strike</c> kills what a group holds.
/// </summary>
public sealed class FaultControl : IAsyncDisposable
{
    private readonly WebApplication _server;

    private FaultControl(WebApplication server, int port) => (_server, Port) = (server, port);

    /// <summary>Loopback port it listens on.</summary>
    public int Port { get; }

    /// <summary>Starts it on a free port.</summary>
    public static async Task<FaultControl> StartAsync(FaultPoints points, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        var server = builder.Build();
        server.UseRouting();
        server.MapPost("/faults", (FaultOrder order) => Do(() => points.Arm([.. order.Keys ?? []], [.. order.Faults ?? []])));
        server.MapGet("/faults", (bool? passages) => TypedResults.Ok(points.Standings(passages == true)));
        server.MapDelete("/faults", () => Do(points.Clear));
        server.MapPost("/groups/{name}/strike", async (string name) => await AnswerAsync(async () => TypedResults.Ok(await points.StrikeAsync(name))));
        await server.StartAsync(cancellationToken);
        var address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new FaultControl(server, new Uri(address).Port);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static Task<IResult> Do(Action action) => AnswerAsync(() =>
    {
        action();
        return Task.FromResult<IResult>(TypedResults.NoContent());
    });

    private static async Task<IResult> AnswerAsync(Func<Task<IResult>> answer)
    {
        try
        {
            return await answer();
        }
        catch (ArgumentException wrong)
        {
            return TypedResults.BadRequest(new { error = wrong.Message });
        }
    }
}
