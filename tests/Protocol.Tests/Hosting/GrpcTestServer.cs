using System.Net;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Protocol.Tests.Hosting;

/// <summary>A real Kestrel on a free loopback port that speaks HTTP/2 in the clear, and a channel to it.</summary>
internal sealed class GrpcTestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GrpcTestServer(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Channel = new GrpcChannel(Address);
    }

    public Uri Address { get; }

    public GrpcChannel Channel { get; }

    public static async Task<GrpcTestServer> StartAsync(Action<IEndpointRouteBuilder> map, GrpcServerOptions? options = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        if (options is not null)
            builder.Services.AddSingleton(options);
        var app = builder.Build();
        app.UseRouting();
        map(app);
        await app.StartAsync();
        return new GrpcTestServer(app);
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _app.DisposeAsync();
    }
}
