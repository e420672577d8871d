using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Sidecar.Runtime.Hosting;

/// <summary>What a request handler of a building block asks of its request.</summary>
public static class SidecarHttpContext
{
    private const string MetadataPrefix = "metadata.";
    private static readonly IReadOnlyDictionary<string, string> s_noMetadata = new Dictionary<string, string>();

    /// <summary>The sidecar the request came to.</summary>
    public static SidecarInstance GetSidecar(this HttpContext context) => context.Features.GetRequiredFeature<SidecarEndpoint>().Instance;

    /// <summary>The building block of the sidecar the request came to.</summary>
    /// <exception cref="InvalidOperationException">The composition has no such block.</exception>
    public static T GetBlock<T>(this HttpContext context)
        where T : class, IBuildingBlock => context.GetSidecar().GetBlock<T>();

    /// <summary>
    /// A route value as the caller meant it. Slashes and percent signs inside a segment stay escaped while the request is routed; here they are not.
    /// </summary>
    public static string RouteText(this HttpContext context, string name)
    {
        var value = (string?)context.GetRouteValue(name) ?? "";
        return value.Contains('%') ? value.Replace("%2F", "/", StringComparison.Ordinal).Replace("%25", "%", StringComparison.Ordinal) : value;
    }

    /// <summary>Request metadata: each query parameter <c>metadata.key=value</c>, the first value of a key.</summary>
    public static IReadOnlyDictionary<string, string> RequestMetadata(this HttpContext context)
    {
        if (!context.Request.QueryString.HasValue)
            return s_noMetadata;

        Dictionary<string, string>? metadata = null;
        foreach (var (key, values) in context.Request.Query)
        {
            if (key.StartsWith(MetadataPrefix, StringComparison.Ordinal) && values.Count > 0)
                (metadata ??= new(StringComparer.Ordinal))[key[MetadataPrefix.Length..]] = values[0] ?? "";
        }

        return metadata ?? s_noMetadata;
    }

    /// <summary>The whole request body.</summary>
    /// <exception cref="BadHttpRequestException">The body is larger than the sidecar takes.</exception>
    public static async ValueTask<byte[]> ReadBodyAsync(this HttpContext context)
    {
        var length = context.Request.ContentLength;
        if (length is >= 0 and <= 1 << 20)
        {
            var exact = GC.AllocateUninitializedArray<byte>((int)length);
            await context.Request.Body.ReadExactlyAsync(exact, context.RequestAborted);
            return exact;
        }

        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        return buffer.ToArray();
    }
}
