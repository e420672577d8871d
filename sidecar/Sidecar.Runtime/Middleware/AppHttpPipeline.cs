using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Sidecar.Runtime.Middleware;

/// <summary>
/// <c>appHttpPipeline</c>: the same middleware between the sidecar and its app. A request to the app is shown to it as if it had come in, and what it lets through is sent. Bodies are held in memory
/// meanwhile, as daprd holds them.
/// </summary>
internal sealed class AppHttpPipeline(HttpPipeline pipeline)
{
    /// <summary>Sends a request through the middleware to the app.</summary>
    /// <returns>The app's answer, or that of a middleware which let nothing through.</returns>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpMessageInvoker app, CancellationToken cancellationToken)
    {
        using var answer = new MemoryStream();
        var context = await ContextOfAsync(request, cancellationToken);
        context.Response.Body = answer;
        var address = AddressOf(context);
        await pipeline.InvokeAsync(context, passedOn => PassAsync(passedOn, request, AddressOf(passedOn) != address, app, cancellationToken));
        return AnswerOf(context.Response, answer.ToArray(), request);
    }

    private static async Task<HttpContext> ContextOfAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var context = new DefaultHttpContext { RequestAborted = cancellationToken };
        var address = request.RequestUri!;
        var (path, query) = address.PathAndQuery.IndexOf('?') is >= 0 and var at ? (address.PathAndQuery[..at], address.PathAndQuery[at..]) : (address.PathAndQuery, "");
        context.Request.Method = request.Method.Method;
        context.Request.Scheme = address.Scheme;
        context.Request.Host = new HostString(address.Authority);
        context.Request.Path = PathString.FromUriComponent(path);
        context.Request.QueryString = new QueryString(query);
        foreach (var (name, values) in request.Headers.NonValidated)
            context.Request.Headers[name] = values.ToArray();
        if (request.Content is null)
            return context;
        foreach (var (name, values) in request.Content.Headers.NonValidated)
            context.Request.Headers[name] = values.ToArray();
        context.Request.Body = new MemoryStream(await request.Content.ReadAsByteArrayAsync(cancellationToken), writable: false);
        return context;
    }

    private static string AddressOf(HttpContext context) =>
        UriHelper.BuildAbsolute(context.Request.Scheme, context.Request.Host, default, context.Request.Path, context.Request.QueryString);

    private static async Task PassAsync(HttpContext context, HttpRequestMessage original, bool isElsewhere, HttpMessageInvoker app, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, cancellationToken);
        // An address that nobody changed goes on exactly as the caller wrote it.
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), isElsewhere ? new Uri(AddressOf(context)) : original.RequestUri)
        {
            Version = original.Version,
            VersionPolicy = original.VersionPolicy,
            Content = original.Content is null && body.Length == 0 ? null : new ByteArrayContent(body.ToArray()),
        };
        foreach (var (name, values) in context.Request.Headers)
        {
            if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
                continue;
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }

        using var answer = await app.SendAsync(request, cancellationToken);
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
            context.Response.Headers[name] = values.ToArray();
        await answer.Content.CopyToAsync(context.Response.Body, cancellationToken);
    }

    private static HttpResponseMessage AnswerOf(HttpResponse response, byte[] body, HttpRequestMessage request)
    {
        var answer = new HttpResponseMessage((HttpStatusCode)response.StatusCode) { Content = new ByteArrayContent(body), RequestMessage = request };
        foreach (var (name, values) in response.Headers)
        {
            if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
                continue;
            if (!answer.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
                answer.Content.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }

        return answer;
    }
}
