using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;
using Sidecar.Tests.Hosting;

namespace Sidecar.Tests.Invocation;

/// <summary>HTTP endpoints with an authority and a client certificate of their own.</summary>
public sealed class EndpointTlsTests : IAsyncLifetime
{
    private readonly X509Certificate2 _server = NewCertificate("localhost");
    private readonly X509Certificate2 _client = NewCertificate("orders");
    private WebApplication _provider = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = _server,
            ClientCertificateMode = ClientCertificateMode.RequireCertificate,
            ClientCertificateValidation = (certificate, _, _) => certificate.Thumbprint == _client.Thumbprint,
        })));
        _provider = builder.Build();
        _provider.Run(context => context.Response.WriteAsync($"hello {context.Connection.ClientCertificate?.Subject}"));
        await _provider.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _provider.DisposeAsync();
        _server.Dispose();
        _client.Dispose();
    }

    [Fact]
    public async Task The_endpoints_authority_is_trusted_and_its_certificate_is_shown()
    {
        await using var fixture = await StartAsync(new HttpEndpointTls(_server.ExportCertificatePem(), _client.ExportCertificatePem(), KeyOf(_client), ""));

        Assert.Equal("hello CN=orders", await fixture.Client.GetStringAsync("/v1.0/invoke/provider/method/hi"));
    }

    [Fact]
    public async Task Without_them_the_call_fails()
    {
        await using var fixture = await StartAsync(null);

        var answer = await fixture.Client.GetAsync("/v1.0/invoke/provider/method/hi");

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("ERR_DIRECT_INVOKE", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_certificate_stops_the_start_and_names_the_endpoint()
    {
        var error = await Assert.ThrowsAsync<SidecarStartException>(() => StartAsync(new HttpEndpointTls("", "not a certificate", "nor a key", "")));

        Assert.Contains("spec.clientTLS of HTTPEndpoint 'provider': certificate and privateKey must be PEM texts", error.Message, StringComparison.Ordinal);
    }

    private Task<SidecarFixture> StartAsync(HttpEndpointTls? tls) => SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders" }, new SidecarResources
    {
        HttpEndpoints =
        [
            new HttpEndpoint("provider", new Uri(_provider.Urls.Single().Replace("127.0.0.1", "localhost", StringComparison.Ordinal)), new Dictionary<string, string>(), [], SourceLocation.Code)
            {
                ClientTls = tls,
            },
        ],
    });

    private static string KeyOf(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static X509Certificate2 NewCertificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null, X509KeyStorageFlags.Exportable);
    }
}
