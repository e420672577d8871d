using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sidecar.Runtime.Middleware;

namespace Sidecar.Components.RateLimitMiddleware;

/// <summary>
/// Lets so many requests a second through, counted for each path and remote address, as the library under Dapr's component does. .NET's rate limiters keep their own clock, and tests step ours.
/// </summary>
internal sealed class RateLimit(double perSecond, TimeProvider time) : IHttpMiddleware
{
    private const int MostBuckets = 10_000;

    private readonly ConcurrentDictionary<(string Address, string Path), Bucket> _buckets = new();

    /// <inheritdoc/>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var address = context.Connection.RemoteIpAddress?.ToString() ?? "0.0.0.0";
        // Forgetting all is harmless but for one more burst; keeping all would let a caller with many paths fill the memory.
        if (_buckets.Count > MostBuckets)
            _buckets.Clear();
        if (_buckets.GetOrAdd((address, context.Request.Path.Value ?? ""), _ => new Bucket(perSecond, time.GetTimestamp())).TryTake(perSecond, time))
            return next(context);

        var response = context.Response;
        response.StatusCode = StatusCodes.Status429TooManyRequests;
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers["X-Rate-Limit-Limit"] = perSecond.ToString("0.00", CultureInfo.InvariantCulture);
        response.Headers["X-Rate-Limit-Duration"] = "1";
        response.Headers["X-Rate-Limit-Request-Remote-Addr"] = address;
        return response.WriteAsync("You have reached maximum request limit.", context.RequestAborted);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Holds a second's worth of requests, one at least, and fills up steadily.</summary>
    private sealed class Bucket(double perSecond, long at)
    {
        private readonly Lock _lock = new();
        private readonly double _size = Math.Max(1, Math.Floor(perSecond));
        private double _left = Math.Max(1, Math.Floor(perSecond));
        private long _at = at;

        public bool TryTake(double perSecond, TimeProvider time)
        {
            lock (_lock)
            {
                var now = time.GetTimestamp();
                _left = Math.Min(_size, _left + (time.GetElapsedTime(_at, now).TotalSeconds * perSecond));
                _at = now;
                if (_left < 1)
                    return false;
                _left--;
                return true;
            }
        }
    }
}
