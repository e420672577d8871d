using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Simulation.Programs;

/// <summary>What is asked of a program.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path and query, escaped.</param>
/// <param name="Body">JSON, or empty.</param>
/// <param name="Headers">Further headers.</param>
internal sealed record Request(string Method, string Path, ReadOnlyMemory<byte> Body, params IReadOnlyList<(string Name, string Value)> Headers)
{
    public static Request Get(string path) => new("GET", path, default);

    public static Request Post(string path, ReadOnlyMemory<byte> body) => new("POST", path, body);
}

/// <summary>What a program answers.</summary>
internal sealed record Answer(int Status, string? ContentType, ReadOnlyMemory<byte> Body)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    public string Text => Encoding.UTF8.GetString(Body.Span);
}

/// <summary>One request on its way through a program's pipeline.</summary>
internal sealed class Exchange : IHttpRequestBodyDetectionFeature, IHttpRequestIdentifierFeature, IHttpRequestLifetimeFeature, IServiceProvidersFeature
{
    private readonly HttpResponseFeature _response = new();
    private readonly MemoryStream _body = new();

    public Exchange(Request request, IServiceProvider services)
    {
        RequestServices = services;
        CanHaveBody = !request.Body.IsEmpty;
        var query = request.Path.IndexOf('?', StringComparison.Ordinal);
        var asked = new HttpRequestFeature
        {
            Method = request.Method,
            Protocol = "HTTP/1.1",
            Scheme = "http",
            Path = PathString.FromUriComponent(query < 0 ? request.Path : request.Path[..query]).Value!,
            QueryString = query < 0 ? string.Empty : request.Path[query..],
            Body = CanHaveBody ? new MemoryStream(request.Body.ToArray(), writable: false) : Stream.Null,
        };
        if (CanHaveBody)
        {
            asked.Headers.ContentType = "application/json";
            asked.Headers.ContentLength = request.Body.Length;
        }

        foreach (var (name, value) in request.Headers)
        {
            asked.Headers[name] = value;
        }

        Features.Set<IHttpRequestFeature>(asked);
        Features.Set<IHttpResponseFeature>(_response);
        Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(_body));
        Features.Set<IHttpRequestBodyDetectionFeature>(this);
        Features.Set<IHttpRequestIdentifierFeature>(this);
        Features.Set<IHttpRequestLifetimeFeature>(this);
        Features.Set<IServiceProvidersFeature>(this);
    }

    public FeatureCollection Features { get; } = new();

    public bool CanHaveBody { get; }

    /// <summary>The same in every replay.</summary>
    public string TraceIdentifier { get; set; } = "simulated";

    /// <summary>Nobody hangs up here: a request that is not answered belongs to a replica that is no more.</summary>
    public CancellationToken RequestAborted { get; set; }

    public IServiceProvider RequestServices { get; set; }

    public Answer ToAnswer() => new(_response.StatusCode, _response.Headers.ContentType, _body.GetBuffer().AsMemory(0, (int)_body.Length));

    public void Abort()
    {
    }
}
