using Microsoft.AspNetCore.Http;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.Middleware;

/// <summary>The middleware of <c>httpPipeline</c>, in its order: the first one listed sees a request first.</summary>
internal sealed class HttpPipeline(IReadOnlyList<IHttpMiddleware> handlers)
{
    /// <summary>True when requests go straight to the API.</summary>
    public bool IsEmpty => handlers.Count == 0;

    /// <exception cref="ResourceException">A handler names no component, or one of another type.</exception>
    public static HttpPipeline Of(IReadOnlyList<PipelineHandler> handlers, IReadOnlyDictionary<string, LoadedComponent<IHttpMiddleware>> components) => new(
    [
        .. handlers.Select(handler =>
            components.TryGetValue(handler.Name, out var found) && found.Resource.Type.Equals(handler.Type, StringComparison.OrdinalIgnoreCase)
                ? found.Instance
                : throw new ResourceException(handler.Location, "spec.httpPipeline", $"there is no component '{handler.Name}' of type {handler.Type}; declare it in a resources folder")),
    ]);

    /// <summary>Sends a request through the middleware and then to <paramref name="api"/>.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate api) => InvokeAsync(context, 0, api);

    private Task InvokeAsync(HttpContext context, int index, RequestDelegate api) =>
        index == handlers.Count ? api(context) : handlers[index].InvokeAsync(context, passedOn => InvokeAsync(passedOn, index + 1, api));
}
