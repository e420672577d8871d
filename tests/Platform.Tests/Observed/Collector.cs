using System.Collections.Concurrent;
using System.Text.Json;
using Conformance;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Platform.Tests.Observed;

/// <summary>Collects spans in the test process: OTLP over HTTP at <c>/v1/traces</c>, Zipkin v2 JSON at <c>/api/v2/spans</c>.</summary>
public sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Span> _spans = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("order-platform-collector-").FullName;

    private Collector()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/v1/traces", async (HttpRequest request) => Add(OtlpTraces.Read(await BytesAsync(request))));
        _app.MapPost("/v1/metrics", () => Results.Ok());
        _app.MapPost("/api/v2/spans", async (HttpRequest request) =>
        {
            Add(Zipkin(await BytesAsync(request)));
            return Results.Accepted();
        });
    }

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>The platform's Configuration with this collector in place of a Zipkin on its usual port.</summary>
    public string ConfigurationFile => Path.Combine(_directory, "configuration.yaml");

    public IReadOnlyList<Span> Spans => [.. _spans];

    public static async Task<Collector> StartAsync()
    {
        var collector = new Collector();
        await collector._app.StartAsync();
        var configuration = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "components", "configuration.yaml"));
        var ours = configuration.Replace("http://127.0.0.1:9411/", collector.Address.ToString(), StringComparison.Ordinal);
        Assert.NotEqual(configuration, ours);
        await File.WriteAllTextAsync(collector.ConfigurationFile, ours);
        return collector;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static IEnumerable<Span> Zipkin(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        foreach (var span in document.RootElement.EnumerateArray())
        {
            yield return new Span(
                Exporter.Zipkin,
                span.GetProperty("localEndpoint").GetProperty("serviceName").GetString()!,
                span.GetProperty("name").GetString()!,
                span.GetProperty("traceId").GetString()!,
                span.GetProperty("id").GetString()!,
                span.TryGetProperty("parentId", out var parent) ? parent.GetString()! : "");
        }
    }

    private static async Task<byte[]> BytesAsync(HttpRequest request)
    {
        using var bytes = new MemoryStream();
        await request.Body.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    private void Add(IEnumerable<Span> spans)
    {
        foreach (var span in spans)
        {
            _spans.Enqueue(span);
        }
    }
}
