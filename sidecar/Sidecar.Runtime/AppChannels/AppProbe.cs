using System.Net;
using System.Net.Http.Headers;
using Dapr.Protocol.Methods;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.AppChannels;

/// <summary>One health probe: a GET of the configured path, or for a gRPC app a call of <c>AppCallbackHealthCheck/HealthCheck</c>.</summary>
internal static class AppProbe
{
    private static readonly byte[] s_emptyMessage = new byte[5];

    public static HttpRequestMessage CreateRequest(SidecarOptions options, AppHealthCheckOptions check)
    {
        var isGrpc = options.IsGrpcApp;
        var address = $"{(options.IsTlsApp ? "https" : "http")}://{options.AppChannelAddress}:{options.AppPort}";
        var path = isGrpc ? AppCallbackMethods.HealthCheck.Path : "/" + check.Path.TrimStart('/');
        var request = new HttpRequestMessage(isGrpc ? HttpMethod.Post : HttpMethod.Get, address + path);
        if (isGrpc || options.AppProtocol == "h2c")
            (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        if (isGrpc)
        {
            request.Headers.TE.ParseAdd("trailers");
            request.Content = new ByteArrayContent(s_emptyMessage) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } };
        }

        if (options.AppToken is { } token)
            request.Headers.TryAddWithoutValidation(AppChannel.TokenHeader, token);
        return request;
    }

    public static async Task<bool> IsPassedAsync(SidecarOptions options, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode || !options.IsGrpcApp)
            return response.IsSuccessStatusCode;

        await response.Content.CopyToAsync(Stream.Null, cancellationToken);
        return (response.TrailingHeaders.TryGetValues("grpc-status", out var status) || response.Headers.TryGetValues("grpc-status", out status)) && status.First() == "0";
    }
}
