using System.Globalization;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.RateLimitMiddleware;

/// <summary>Makes <c>middleware.http.ratelimit</c>.</summary>
public sealed class RateLimitMiddlewareFactory : IComponentFactory
{
    private const double DefaultRate = 100;

    /// <inheritdoc/>
    public string Type => "middleware.http.ratelimit";

    /// <inheritdoc/>
    public Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var rate = DefaultRate;
        if (component.Text("maxRequestsPerSecond") is { } text && (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out rate) || !(rate > 0)))
            throw new ComponentException(component, "maxRequestsPerSecond", $"is '{text}', which is no positive number");
        return Task.FromResult<IAsyncDisposable>(new RateLimit(rate, context.Time));
    }
}
