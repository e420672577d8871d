using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sidecar.Testing;
using Sidecar.Tests.Hosting;

namespace Sidecar.Tests.GrpcApps;

/// <summary>The other protocols an app may speak over HTTP/2.</summary>
public sealed class AppProtocolTests
{
    [Fact]
    public async Task An_h2c_app_is_called_over_HTTP_2_in_the_clear()
    {
        await using var sidecar = await TestSidecar.For("shop").WithOptions(options => options with { AppProtocol = "h2c" }).StartAsync();
        await using var app = await TestApp.StartAsync(http => http.Response.WriteAsync($"{http.Request.Protocol} {http.Request.Path}"), HttpProtocols.Http2, sidecar.AppPort);
        await sidecar.WaitUntilReadyAsync();

        Assert.Equal("HTTP/2 /hello", await sidecar.Http.GetStringAsync(new Uri("v1.0/invoke/shop/method/hello", UriKind.Relative)));
    }

    [Fact]
    public async Task A_grpcs_app_is_invoked_and_proxied_to_over_TLS_whoever_signed_its_certificate()
    {
        var echo = new GrpcMethod<StringValue, StringValue>(GrpcMethodKind.Unary, "shop.Prices", "Echo");
        using var certificate = NewCertificate();
        await using var sidecar = await TestSidecar.For("shop").WithOptions(options => options with { AppProtocol = "grpcs" }).StartAsync();
        await using var app = await GrpcApp.StartAsync(
            sidecar.AppPort,
            routes =>
            {
                routes.MapGrpcUnary(AppCallbackMethods.OnInvoke, (_, call) => Task.FromResult(new InvokeResponse { ContentType = call.HttpContext.Request.Scheme }));
                routes.MapGrpcUnary(echo, (request, _) => Task.FromResult(request));
            },
            certificate);
        await sidecar.WaitUntilReadyAsync();
        using var channel = GrpcPlace.ChannelTo(sidecar);

        Assert.Equal("https", (await channel.UnaryAsync(DaprMethods.InvokeService, new() { Id = "shop", Message = new InvokeRequest { Method = "x" } })).ContentType);
        Assert.Equal("v", (await channel.UnaryAsync(echo, new StringValue { Value = "v" }, new GrpcCallOptions(new GrpcMetadata { { "dapr-app-id", "shop" } }))).Value);
    }

    private static X509Certificate2 NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var created = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(created.Export(X509ContentType.Pkcs12), null);
    }
}
