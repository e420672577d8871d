using System.Text;
using Microsoft.AspNetCore.Http;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Middleware;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.UppercaseMiddleware;

/// <summary>Makes <c>middleware.http.uppercase</c>: requests arrive in capital letters. Dapr has it for tests of pipelines, and so have we.</summary>
public sealed class UppercaseMiddlewareFactory : IComponentFactory
{
    /// <inheritdoc/>
    public string Type => "middleware.http.uppercase";

    /// <inheritdoc/>
    public Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken) =>
        Task.FromResult<IAsyncDisposable>(new Uppercase());

    private sealed class Uppercase : IHttpMiddleware
    {
        public async Task InvokeAsync(HttpContext context, RequestDelegate next)
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
            var body = Encoding.UTF8.GetBytes((await reader.ReadToEndAsync(context.RequestAborted)).ToUpperInvariant());
            context.Request.Body = new MemoryStream(body);
            if (context.Request.ContentLength is not null)
                context.Request.ContentLength = body.Length;
            await next(context);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
