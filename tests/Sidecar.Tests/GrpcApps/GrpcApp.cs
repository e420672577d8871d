using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Sidecar.Testing;

namespace Sidecar.Tests.GrpcApps;

/// <summary>An app that speaks gRPC: it has the methods that a test maps, and no others.</summary>
internal sealed class GrpcApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GrpcApp(WebApplication app) => _app = app;

    public static async Task<GrpcApp> StartAsync(int port, Action<IEndpointRouteBuilder> map, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            if (certificate is not null)
                listen.UseHttps(certificate);
        }));
        var app = builder.Build();
        app.UseRouting();
        map(app);
        app.MapGrpcUnimplemented();
        await app.StartAsync();
        return new GrpcApp(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

/// <summary>A sidecar, a gRPC app behind it, and a channel to the sidecar.</summary>
internal sealed class GrpcPlace : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly GrpcApp _app;

    private GrpcPlace(TestSidecar sidecar, GrpcApp app)
    {
        (Sidecar, _app) = (sidecar, app);
        Channel = ChannelTo(sidecar);
    }

    public TestSidecar Sidecar { get; }

    public GrpcChannel Channel { get; }

    /// <summary>A sidecar of the app <c>shop</c>, ready.</summary>
    public static async Task<GrpcPlace> StartAsync(Action<IEndpointRouteBuilder> map, Func<TestSidecarBuilder, TestSidecarBuilder>? with = null, TimeProvider? time = null)
    {
        var builder = TestSidecar.For("shop").WithOptions(options => options with { AppProtocol = "grpc" });
        var sidecar = await (with?.Invoke(builder) ?? builder).StartAsync(time);
        var place = new GrpcPlace(sidecar, await GrpcApp.StartAsync(sidecar.AppPort, map));
        using var patience = new CancellationTokenSource(Patience);
        await sidecar.WaitUntilReadyAsync(patience.Token);
        return place;
    }

    public static GrpcChannel ChannelTo(TestSidecar sidecar) => new(new Uri($"http://127.0.0.1:{sidecar.GrpcPort}"));

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await Sidecar.DisposeAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>What came, to be taken one by one.</summary>
internal sealed class Inbox<T>
{
    private readonly Channel<T> _items = Channel.CreateUnbounded<T>();

    public void Add(T item) => _items.Writer.TryWrite(item);

    public async Task<T> TakeAsync() => await _items.Reader.ReadAsync().AsTask().WaitAsync(GrpcPlace.Patience);

    public bool IsEmpty => _items.Reader.Count == 0;
}
