using System.Net;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sidecar.Testing;

namespace ApiConformance;

/// <summary>What a running sidecar serves: its routes, and by trying them the three ways of calling other apps, which go past routing.</summary>
public static class ServedApi
{
    private const string Nobody = "nobody";

    /// <summary>Starts a sidecar and asks it.</summary>
    public static async Task<IReadOnlySet<string>> FindAsync()
    {
        await using var host = await TestSidecarHost.StartAsync(null, CancellationToken.None, TestSidecar.For("conformance").WithoutApp());
        var served = host.Endpoints.OfType<RouteEndpoint>().SelectMany(KeysOf).ToHashSet(StringComparer.Ordinal);
        var sidecar = host.Sidecars[0];
        if (await AnswersAsync(sidecar, $"/v1.0/invoke/{Nobody}/method/x", null))
            served.Add(ApiMethod.HttpKey("ANY", "/v1.0/invoke/{app}/method/{path}"));
        if (await AnswersAsync(sidecar, "/x", Nobody))
            served.Add(ApiMethod.HttpKey("ANY", "/{path} with the header dapr-app-id"));
        if (await ProxiesAsync(sidecar))
            served.Add(ApiMethod.GrpcKey("any method with the metadata dapr-app-id"));
        return served;
    }

    private static IEnumerable<string> KeysOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IGrpcMethod>() is { } method
        ? [ApiMethod.GrpcKey(method.Path)]
        : (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["ANY"]).Select(verb => ApiMethod.HttpKey(verb, endpoint.RoutePattern.RawText!));

    /// <summary>An app that is not there is told from a route that is not there.</summary>
    private static async Task<bool> AnswersAsync(TestSidecar sidecar, string path, string? appId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (appId is not null)
            request.Headers.Add("dapr-app-id", appId);
        using var response = await sidecar.Http.SendAsync(request);
        return response.StatusCode == HttpStatusCode.InternalServerError && (await response.Content.ReadAsStringAsync()).Contains(Nobody, StringComparison.Ordinal);
    }

    private static async Task<bool> ProxiesAsync(TestSidecar sidecar)
    {
        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{sidecar.GrpcPort}"));
        var theirs = new GrpcMethod<GetMetadataRequest, GetMetadataResponse>(GrpcMethodKind.Unary, "somebody.Else", "Method");
        try
        {
            await channel.UnaryAsync(theirs, new GetMetadataRequest(), new GrpcCallOptions(new GrpcMetadata { { "dapr-app-id", Nobody } }));
            return false;
        }
        catch (GrpcException error)
        {
            return error.StatusCode != GrpcStatusCode.Unimplemented && error.Detail.Contains(Nobody, StringComparison.Ordinal);
        }
    }
}
