using Microsoft.AspNetCore.Http;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.Middleware;

/// <summary>The middleware of <c>httpPipeline</c> or <c>appHttpPipeline</c>, in its order: the first one listed sees a request first.</summary>
internal sealed class HttpPipeline
{
    private readonly string[] _handlers;
    private readonly IReadOnlyDictionary<string, LoadedComponent<IHttpMiddleware>> _components;

    private HttpPipeline(string[] handlers, IReadOnlyDictionary<string, LoadedComponent<IHttpMiddleware>> components)
    {
        _handlers = handlers;
        _components = components;
    }

    /// <summary>True when requests pass untouched.</summary>
    public bool IsEmpty => _handlers.Length == 0;

    /// <exception cref="ResourceException">A handler names no component, or one of another type.</exception>
    public static HttpPipeline Of(string key, IReadOnlyList<PipelineHandler> handlers, IReadOnlyDictionary<string, LoadedComponent<IHttpMiddleware>> components) => new(
        [
            .. handlers.Select(handler =>
                components.TryGetValue(handler.Name, out var found) && found.Resource.Type.Equals(handler.Type, StringComparison.OrdinalIgnoreCase)
                    ? handler.Name
                    : throw new ResourceException(handler.Location, key, $"there is no component '{handler.Name}' of type {handler.Type}; declare it in a resources folder")),
        ],
        components);

    /// <summary>Sends a request through the middleware and then to <paramref name="end"/>. A component that was taken away meanwhile stands in nobody's way.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate end) => InvokeAsync(context, 0, end);

    private Task InvokeAsync(HttpContext context, int index, RequestDelegate end)
    {
        if (index == _handlers.Length)
            return end(context);
        return _components.TryGetValue(_handlers[index], out var handler)
            ? handler.Instance.InvokeAsync(context, passedOn => InvokeAsync(passedOn, index + 1, end))
            : InvokeAsync(context, index + 1, end);
    }
}
