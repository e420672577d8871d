using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Deployment.Tests.Images;

/// <summary>
/// A registry of one image: the base image, as small as an image can be, since the real one cannot be had everywhere. It says of itself what the real one says (Linux on amd64, the user APP_UID), so that what
/// is tested is what the SDK builds upon it.
/// </summary>
internal sealed class BaseImageRegistry : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Dictionary<string, (byte[] Content, string Type)> _blobs = [];
    private readonly string _manifest;

    private BaseImageRegistry()
    {
        var (layer, difference) = Layer();
        var config = Add(
            JsonSerializer.SerializeToUtf8Bytes(new
            {
                architecture = "amd64",
                os = "linux",
                config = new { Env = (string[])["PATH=/usr/bin", "APP_UID=1654", "ASPNETCORE_HTTP_PORTS=8080"], User = "1654" },
                rootfs = new { type = "layers", diff_ids = (string[])[difference] },
                history = (object[])[new { created = "2026-01-01T00:00:00Z", created_by = "a test" }],
            }),
            "application/vnd.docker.container.image.v1+json");
        _manifest = Add(
            JsonSerializer.SerializeToUtf8Bytes(new
            {
                schemaVersion = 2,
                mediaType = "application/vnd.docker.distribution.manifest.v2+json",
                config = new { mediaType = "application/vnd.docker.container.image.v1+json", size = _blobs[config].Content.Length, digest = config },
                layers = (object[])[new { mediaType = "application/vnd.docker.image.rootfs.diff.tar.gzip", size = layer.Length, digest = Add(layer, "application/octet-stream") }],
            }),
            "application/vnd.docker.distribution.manifest.v2+json");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.MapMethods("/v2/{**path}", ["GET", "HEAD"], Answer);
    }

    /// <summary>Host and port, as they stand in the name of an image.</summary>
    public string Host => $"localhost:{new Uri(_app.Urls.First()).Port}";

    public static async Task<BaseImageRegistry> StartAsync()
    {
        var registry = new BaseImageRegistry();
        await registry._app.StartAsync();
        return registry;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static string DigestOf(byte[] content) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}";

    private static (byte[] Compressed, string Difference) Layer()
    {
        var files = new MemoryStream();
        using (var tar = new TarWriter(files, leaveOpen: true))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "etc/os-release") { DataStream = new MemoryStream(Encoding.UTF8.GetBytes("ID=none\n")), ModificationTime = DateTimeOffset.UnixEpoch });
        }

        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(files.ToArray());
        }

        return (compressed.ToArray(), DigestOf(files.ToArray()));
    }

    private IResult Answer(string? path, HttpContext context)
    {
        var last = path?.Split('/')[^1] ?? "";
        var digest = path?.Contains("/manifests/", StringComparison.Ordinal) == true && !last.StartsWith("sha256:", StringComparison.Ordinal) ? _manifest : last;
        if (last.Length == 0)
        {
            return Results.Ok();
        }

        if (!_blobs.TryGetValue(digest, out var blob))
        {
            return Results.NotFound();
        }

        context.Response.Headers["Docker-Content-Digest"] = digest;
        return Results.Bytes(blob.Content, blob.Type);
    }

    private string Add(byte[] content, string type)
    {
        var digest = DigestOf(content);
        _blobs[digest] = (content, type);
        return digest;
    }
}
