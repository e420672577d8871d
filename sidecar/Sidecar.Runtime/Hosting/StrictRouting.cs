using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Sidecar.Runtime.Hosting;

/// <summary>
/// Dapr's router tells upper from lower case, and to it a known path with a verb it does not have is as unknown as any other path: both go to the fallback,
/// which is invocation by header.
/// </summary>
internal static class StrictRouting
{
    /// <summary>Takes back what routing found when Dapr would not have found it; stands right after routing.</summary>
    public static void UseStrictRouting(this IApplicationBuilder pipeline) => pipeline.Use(next => context =>
    {
        if (context.GetEndpoint() is { } found && !(found is RouteEndpoint route && IsSpelledAlike(route.RoutePattern, context.Request.Path.Value)))
            context.SetEndpoint(null);
        return next(context);
    });

    private static bool IsSpelledAlike(RoutePattern pattern, ReadOnlySpan<char> path)
    {
        foreach (var segment in pattern.PathSegments)
        {
            path = path.TrimStart('/');
            var end = path.IndexOf('/');
            var text = end < 0 ? path : path[..end];
            if (segment is { IsSimple: true, Parts: [RoutePatternLiteralPart literal] } && !text.SequenceEqual(literal.Content))
                return false;
            path = path[text.Length..];
        }

        return true;
    }
}
