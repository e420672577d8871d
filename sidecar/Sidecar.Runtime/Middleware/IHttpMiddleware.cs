using Microsoft.AspNetCore.Http;

namespace Sidecar.Runtime.Middleware;

/// <summary>A component of type <c>middleware.http.*</c>: stands in the way of requests to the sidecar's HTTP API, or of the sidecar's to its app.</summary>
public interface IHttpMiddleware : IAsyncDisposable
{
    /// <summary>Changes the request, answers it, or passes it on.</summary>
    Task InvokeAsync(HttpContext context, RequestDelegate next);
}
