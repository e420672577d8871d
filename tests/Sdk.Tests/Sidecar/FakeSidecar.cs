using System.Collections.Concurrent;
using Dapr.Client;
using Dapr.Jobs;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Sdk.Tests.Sidecar;

/// <summary>A sidecar that only listens and answers as told, on ports of its own, and remembers what it was sent.</summary>
internal sealed class FakeSidecar : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<GrpcCall> calls = new();
    private readonly ConcurrentQueue<HttpCall> httpCalls = new();

    private FakeSidecar()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenLocalhostHttp1();
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        app = builder.Build();
    }

    /// <summary>What is answered over HTTP; 204 unless set.</summary>
    public Func<HttpContext, Task> OnHttp { get; set; } = context =>
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    };

    public string HttpEndpoint => app.Urls.First();

    public string GrpcEndpoint => app.Urls.Last();

    public IReadOnlyList<GrpcCall> Calls => [.. calls];

    public IReadOnlyList<HttpCall> HttpCalls => [.. httpCalls];

    public static async Task<FakeSidecar> StartAsync(Action<FakeSidecar>? configure = null)
    {
        var sidecar = new FakeSidecar();
        configure?.Invoke(sidecar);
        sidecar.app.MapGrpcUnimplemented();
        sidecar.app.MapFallback(sidecar.HandleHttpAsync);
        await sidecar.app.StartAsync();
        return sidecar;
    }

    public FakeSidecar Answer<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, Func<TRequest, TResponse>? answer = null)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        app.MapGrpcUnary(method, (request, call) =>
        {
            calls.Enqueue(new GrpcCall(method.Name, request, call.RequestMetadata));
            return Task.FromResult(answer is null ? new TResponse() : answer(request));
        });
        return this;
    }

    public FakeSidecar Stream<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, params TResponse[] answers)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        app.MapGrpcServerStream(method, async (request, writer, call) =>
        {
            calls.Enqueue(new GrpcCall(method.Name, request, call.RequestMetadata));
            foreach (var answer in answers)
                await writer.WriteAsync(answer, call.CancellationToken);
        });
        return this;
    }

    public FakeSidecar Refuse<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, GrpcException error)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        Answer(method, _ => throw error);

    public DaprClient CreateClient(Action<DaprClientBuilder>? configure = null)
    {
        var builder = new DaprClientBuilder().UseHttpEndpoint(HttpEndpoint).UseGrpcEndpoint(GrpcEndpoint).UseDaprApiToken(string.Empty);
        configure?.Invoke(builder);
        return builder.Build();
    }

    public DaprJobsClient CreateJobsClient() =>
        new DaprJobsClientBuilder().UseHttpEndpoint(HttpEndpoint).UseGrpcEndpoint(GrpcEndpoint).UseDaprApiToken("jobs-token").Build();

    /// <summary>The one call that was made, of the type expected.</summary>
    public TRequest Only<TRequest>()
        where TRequest : IMessage => Assert.IsType<TRequest>(Assert.Single(calls).Request);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task HandleHttpAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var target = context.Request.Path.Value + context.Request.QueryString.Value;
        httpCalls.Enqueue(new HttpCall(context.Request.Method, target, headers, await reader.ReadToEndAsync()));
        await OnHttp(context);
    }
}

/// <summary>A gRPC call as it arrived.</summary>
internal sealed record GrpcCall(string Method, IMessage Request, GrpcMetadata Metadata);

/// <summary>An HTTP call as it arrived.</summary>
internal sealed record HttpCall(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body);

internal static class KestrelListening
{
    public static void ListenLocalhostHttp1(this KestrelServerOptions kestrel) =>
        kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
}
