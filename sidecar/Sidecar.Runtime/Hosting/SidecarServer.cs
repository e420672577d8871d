using System.Diagnostics;
using System.Net;
using Dapr.Protocol.Grpc.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sidecar.Runtime.Access;
using Sidecar.Runtime.Errors;
using Sidecar.Runtime.Invocation;

namespace Sidecar.Runtime.Hosting;

/// <summary>One Kestrel with the ports of all sidecars.</summary>
internal sealed class SidecarServer : IAsyncDisposable
{
    private readonly KestrelServer _server;
    private readonly ServiceProvider _services;
    private readonly ILoggerFactory _loggers;

    private SidecarServer(KestrelServer server, ServiceProvider services, ILoggerFactory loggers)
    {
        _server = server;
        _services = services;
        _loggers = loggers;
    }

    /// <summary>What it serves, of both APIs.</summary>
    public IReadOnlyList<Endpoint> Endpoints => _services.GetRequiredService<EndpointDataSource>().Endpoints;

    /// <exception cref="SidecarStartException">A port is in use.</exception>
    public static async Task<SidecarServer> StartAsync(IReadOnlyList<SidecarInstance> sidecars, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var quiet = new ServerLoggers(loggers);
        var services = new ServiceCollection()
            .AddSingleton<ILoggerFactory>(quiet)
            .AddSingleton(typeof(ILogger<>), typeof(Logger<>))
            .AddSingleton(new DiagnosticListener("Sidecar"))
            .AddRouting()
            .BuildServiceProvider();
        var options = new KestrelServerOptions { ApplicationServices = services, AddServerHeader = false, AllowAlternateSchemes = true };
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.Http2.MaxStreamsPerConnection = 1000;
        options.Limits.Http2.InitialStreamWindowSize = 1 << 20;
        options.Limits.Http2.InitialConnectionWindowSize = 4 << 20;

        var ports = new List<Action>();
        foreach (var sidecar in sidecars)
            Listen(options, sidecar, ports);

        var server = new KestrelServer(Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions { NoDelay = true }), quiet), quiet);
        var application = new SidecarApplication(
            BuildPipeline(services, BuildingBlocks.MapHttp, InvocationBlock.HandleUnknownRouteAsync, strict: true),
            BuildPipeline(services, BuildingBlocks.MapGrpc, GrpcFallback.HandleAsync, strict: false),
            services.GetRequiredService<IServiceScopeFactory>(),
            loggers.CreateLogger("Sidecar.Api"));
        try
        {
            await server.StartAsync(application, cancellationToken);
        }
        catch (IOException e)
        {
            server.Dispose();
            await services.DisposeAsync();
            throw PortCheck.Explain(sidecars, e);
        }

        foreach (var setPort in ports)
            setPort();
        return new SidecarServer(server, services, quiet);
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _server.StopAsync(limit.Token);
        _server.Dispose();
        await _services.DisposeAsync();
        _loggers.Dispose();
    }

    private static void Listen(KestrelServerOptions options, SidecarInstance sidecar, List<Action> ports)
    {
        var address = PortCheck.AddressOf(sidecar.Options);
        Listen(EndpointKind.Http, sidecar.Options.HttpPort, HttpProtocols.Http1AndHttp2, port => sidecar.HttpPort = port);
        Listen(EndpointKind.Grpc, sidecar.Options.GrpcPort, HttpProtocols.Http2, port => sidecar.GrpcPort = port);
        if (sidecar.Options.MetricsPort >= 0)
            Listen(EndpointKind.Metrics, sidecar.Options.MetricsPort, HttpProtocols.Http1, port => sidecar.MetricsPort = port);

        void Listen(EndpointKind kind, int port, HttpProtocols protocols, Action<int> setPort)
        {
            if (sidecar.Options.SocketDirectory is null || kind == EndpointKind.Metrics)
            {
                options.Listen(address, port, listen =>
                {
                    Accept(listen, kind, protocols);
                    ports.Add(() => setPort(((IPEndPoint)listen.EndPoint).Port));
                });
                return;
            }

            setPort(port);
            options.ListenUnixSocket(ApiSocket.Claim(sidecar.Options, kind == EndpointKind.Http ? "http" : "grpc"), listen => Accept(listen, kind, protocols));
        }

        void Accept(ListenOptions listen, EndpointKind kind, HttpProtocols protocols)
        {
            var endpoint = new SidecarEndpoint(sidecar, kind);
            var grpc = new GrpcServerOptions
            {
                MaxReceiveMessageSize = (int)Math.Min(sidecar.Options.MaxBodySize, int.MaxValue),
                MapException = DaprGrpcErrors.Map,
                TimeProvider = sidecar.Context.Time,
            };
            listen.Protocols = protocols;
            listen.Use(next => connection => AcceptAsync(connection, endpoint, grpc, next));
            if (kind == EndpointKind.Http)
                listen.Use(next => connection => Http2Preface.DetectAsync(connection, next));
        }
    }

    private static Task AcceptAsync(ConnectionContext connection, SidecarEndpoint endpoint, GrpcServerOptions grpc, ConnectionDelegate next)
    {
        if (endpoint.Instance.Stopped.IsCompleted)
        {
            connection.Abort();
            return Task.CompletedTask;
        }

        connection.Features.Set(endpoint);
        connection.Features.Set(grpc);
        return next(connection);
    }

    private static RequestDelegate BuildPipeline(IServiceProvider services, Action<IEndpointRouteBuilder> map, RequestDelegate fallback, bool strict)
    {
        var pipeline = new ApplicationBuilder(services);
        pipeline.UseRouting();
        if (strict)
        {
            pipeline.UseStrictRouting();
            pipeline.UseHttpApiAccess();
        }
        else
        {
            pipeline.UseGrpcApiAccess();
        }

        pipeline.UseEndpoints(map);
        pipeline.Run(fallback);
        return pipeline.Build();
    }
}
