using System.Security.Cryptography;
using System.Text.Json;
using Dapr.Protocol.Grpc;
using Sidecar.Testing;

namespace Sidecar.Tests.Cryptography;

/// <summary>A sidecar whose vault is a folder of keys: bytes, PEM and JSON Web Keys.</summary>
internal sealed class KeyFolderPlace : IAsyncDisposable
{
    public const string Vault = "vault";

    private readonly string _folder = Directory.CreateTempSubdirectory("keys-").FullName;
    private TestSidecar _sidecar = null!;

    public RSA Rsa { get; } = RSA.Create(2048);

    public ECDsa Curve { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public HttpClient Http => _sidecar.Http;

    public GrpcChannel Grpc { get; private set; } = null!;

    public static async Task<KeyFolderPlace> StartAsync()
    {
        var place = new KeyFolderPlace();
        await place.WriteAsync("symmetric", RandomNumberGenerator.GetBytes(32));
        await place.WriteAsync("base64", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        await place.WriteAsync("rsa.pem", place.Rsa.ExportPkcs8PrivateKeyPem());
        await place.WriteAsync("rsa-public.pem", place.Rsa.ExportSubjectPublicKeyInfoPem());
        await place.WriteAsync("curve.pem", place.Curve.ExportECPrivateKeyPem());
        var secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        await place.WriteAsync("wrap-only.json", JsonSerializer.Serialize(new { kty = "oct", k = secret, key_ops = new[] { "wrapKey" }, alg = "A256KW" }));
        await place.WriteAsync("damaged.json", "{");
        place._sidecar = await TestSidecar.For("shop").WithoutApp().WithComponent(Vault, "crypto.dapr.localstorage", ("path", place._folder)).StartAsync();
        place.Grpc = new GrpcChannel(new Uri($"http://127.0.0.1:{place._sidecar.GrpcPort}"));
        return place;
    }

    public async ValueTask DisposeAsync()
    {
        Grpc.Dispose();
        await _sidecar.DisposeAsync();
        Rsa.Dispose();
        Curve.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Task WriteAsync(string name, string content) => File.WriteAllTextAsync(Path.Combine(_folder, name), content);

    private Task WriteAsync(string name, byte[] content) => File.WriteAllBytesAsync(Path.Combine(_folder, name), content);
}
