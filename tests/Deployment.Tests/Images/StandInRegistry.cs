using System.Collections.Concurrent;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Reproducible;

namespace Deployment.Tests.Images;

/// <summary>
/// A registry with one image: the base image, as small as an image can be, since the real one cannot be had everywhere. It says of itself what the real one says (Linux on amd64 and arm64, the user APP_UID), so that
/// what is tested is what the SDK builds upon it. It takes what is pushed to it.
/// </summary>
internal sealed class StandInRegistry : IAsyncDisposable
{
    private const string Manifest = "application/vnd.docker.distribution.manifest.v2+json";
    private const string ManifestList = "application/vnd.docker.distribution.manifest.list.v2+json";
    private const string Config = "application/vnd.docker.container.image.v1+json";
    private const string LayerType = "application/vnd.docker.image.rootfs.diff.tar.gzip";
    private const string BaseName = "dotnet/aspnet:10.0-noble-chiseled";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, (byte[] Content, string Type)> _content = new();
    private readonly ConcurrentDictionary<string, string> _tags = new();
    private readonly List<string> _baseLayers = [];

    private StandInRegistry()
    {
        var images = ((string[])["amd64", "arm64"]).Select(AddBase).ToArray();
        _tags[BaseName] = Add(new { schemaVersion = 2, mediaType = ManifestList, manifests = images }, ManifestList);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.MapMethods("/v2/{**path}", ["GET", "HEAD"], Answer);
        _app.MapPost("/v2/{**path}", Begin);
        _app.MapMethods("/v2/{**path}", ["PATCH", "PUT"], TakeAsync);
    }

    /// <summary>Host and port, as they stand in the name of an image.</summary>
    public string Host => $"localhost:{new Uri(_app.Urls.First()).Port}";

    /// <summary>The name of the base image.</summary>
    public string BaseImage => $"{Host}/{BaseName}";

    /// <summary>Digests of the base image's layers, one for each architecture.</summary>
    public IReadOnlyList<string> BaseLayers => _baseLayers;

    public static async Task<StandInRegistry> StartAsync()
    {
        var registry = new StandInRegistry();
        await registry._app.StartAsync();
        return registry;
    }

    /// <summary>The digest under which an image is known here, or null.</summary>
    public string? DigestOf(string nameAndTag) => _tags.GetValueOrDefault(nameAndTag);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>Adds the image for one architecture, and describes it as the list does.</summary>
    private object AddBase(string architecture)
    {
        var (layer, difference) = BaseLayer(architecture);
        var layerDigest = Add(layer, LayerType);
        _baseLayers.Add(layerDigest);
        var config = Add(
            new
            {
                architecture,
                os = "linux",
                config = new { Env = (string[])["PATH=/usr/bin", "APP_UID=1654", "ASPNETCORE_HTTP_PORTS=8080"], User = "1654" },
                rootfs = new { type = "layers", diff_ids = (string[])[difference] },
                history = (object[])[new { created = "2026-01-01T00:00:00Z", created_by = "a test" }],
            },
            Config);
        var digest = Add(
            new
            {
                schemaVersion = 2,
                mediaType = Manifest,
                config = new { mediaType = Config, size = _content[config].Content.Length, digest = config },
                layers = (object[])[new { mediaType = LayerType, size = layer.Length, digest = layerDigest }],
            },
            Manifest);
        return new { mediaType = Manifest, size = _content[digest].Content.Length, digest, platform = new { architecture, os = "linux" } };
    }

    private static (byte[] Compressed, string Difference) BaseLayer(string architecture)
    {
        var files = new MemoryStream();
        using (var tar = new TarWriter(files, leaveOpen: true))
        {
            var text = new MemoryStream(Encoding.UTF8.GetBytes($"ID=none\nVARIANT={architecture}\n"));
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "etc/os-release") { DataStream = text, ModificationTime = DateTimeOffset.UnixEpoch });
        }

        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(files.ToArray());
        }

        return (compressed.ToArray(), Digest.Of(files.ToArray()));
    }

    private IResult Answer(string? path, HttpContext context)
    {
        if (string.IsNullOrEmpty(path))
        {
            return Results.Ok();
        }

        var (name, last) = Split(path);
        if (!_content.TryGetValue(_tags.GetValueOrDefault($"{name}:{last}", last), out var found))
        {
            return Results.NotFound();
        }

        context.Response.Headers["Docker-Content-Digest"] = Digest.Of(found.Content);
        return Results.Bytes(found.Content, found.Type);
    }

    /// <summary>An upload begins: it is known by a name of its own until it is whole.</summary>
    private IResult Begin(string path, HttpContext context)
    {
        var upload = Guid.NewGuid().ToString("N");
        _content[upload] = ([], "");
        return Accepted(context, $"/v2/{path.TrimEnd('/')}/{upload}");
    }

    private async Task<IResult> TakeAsync(string path, HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var (name, last) = Split(path);
        if (path.Contains("/manifests/", StringComparison.Ordinal))
        {
            var digest = Add(body.ToArray(), context.Request.ContentType ?? "");
            _tags[$"{name}:{last}"] = digest;
            return Created(context, digest);
        }

        var content = (byte[])[.. _content[last].Content, .. body.ToArray()];
        _content[last] = (content, "");
        if (HttpMethods.IsPatch(context.Request.Method))
        {
            return Accepted(context, context.Request.Path);
        }

        _content.TryRemove(last, out _);
        var said = context.Request.Query["digest"].ToString();
        return said == Digest.Of(content) ? Created(context, Add(content, "application/octet-stream")) : Results.BadRequest($"the upload is not {said}");
    }

    private static IResult Accepted(HttpContext context, string location)
    {
        context.Response.Headers.Location = location;
        return Results.StatusCode(StatusCodes.Status202Accepted);
    }

    private static IResult Created(HttpContext context, string digest)
    {
        context.Response.Headers["Docker-Content-Digest"] = digest;
        return Results.StatusCode(StatusCodes.Status201Created);
    }

    /// <summary>NAME/manifests/TAG, NAME/blobs/DIGEST, NAME/blobs/uploads/UPLOAD.</summary>
    private static (string Name, string Last) Split(string path)
    {
        var parts = path.Split('/');
        return (string.Join('/', parts[..^2]), parts[^1]);
    }

    private string Add(object json, string type) => Add(JsonSerializer.SerializeToUtf8Bytes(json), type);

    private string Add(byte[] content, string type)
    {
        var digest = Digest.Of(content);
        _content[digest] = (content, type);
        return digest;
    }
}
