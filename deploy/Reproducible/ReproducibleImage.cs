using System.Globalization;
using System.Text.Json.Nodes;

namespace Reproducible;

/// <summary>
/// Takes an image as the .NET SDK writes it and leaves nothing in it that depends on when and where it was built. Layers of the base image stay as they are, byte for byte; the SDK's own, which is the last, is
/// written anew, and with it everything that names it by its digest.
/// </summary>
public sealed class ReproducibleImage
{
    private const string Author = ".NET SDK";

    private readonly OciArchive _from;
    private readonly OciArchive _to = new();
    private readonly DateTimeOffset _moment;

    private ReproducibleImage(OciArchive from, DateTimeOffset moment)
    {
        _from = from;
        _moment = moment;
    }

    /// <summary>Makes the image anew.</summary>
    /// <param name="archive">What the SDK wrote: one image, or one index of an image for each architecture.</param>
    /// <param name="moment">The time that stands wherever the SDK wrote the time of day.</param>
    /// <param name="name">The image's name with its tag, for programs that load archives.</param>
    /// <returns>The new archive, and the digest under which a registry will know the image.</returns>
    /// <exception cref="InvalidDataException">It is not what the SDK writes.</exception>
    public static (OciArchive Archive, string Digest) Make(OciArchive archive, DateTimeOffset moment, string name)
    {
        var image = new ReproducibleImage(archive, moment);
        var digest = image.Make(name);
        return (image._to, digest);
    }

    private string Make(string name)
    {
        var index = _from.Index;
        var images = index.Children("manifests");
        var descriptor = images.Count == 1 ? images[0] : throw new InvalidDataException($"index.json names {images.Count} images; one was expected");
        Rewrite(descriptor);
        descriptor["annotations"] = new JsonObject { ["io.containerd.image.name"] = name, ["org.opencontainers.image.ref.name"] = name[(name.LastIndexOf(':') + 1)..] };
        _to.SetIndex(index);
        if (!IsIndex(descriptor))
        {
            _to.SetDockerManifest([DockerManifest(descriptor, name)]);
        }

        return descriptor.Text("digest");
    }

    private void Rewrite(JsonObject descriptor)
    {
        var content = OciArchive.Parse(_from.Content(descriptor));
        if (IsIndex(descriptor))
        {
            foreach (var image in content.Children("manifests"))
            {
                Rewrite(image);
            }

            content["manifests"] = new JsonArray([.. content.Children("manifests").OrderBy(image => image["platform"]?.ToJsonString(), StringComparer.Ordinal).Select(image => image.DeepClone())]);
        }
        else
        {
            RewriteImage(content);
        }

        _to.Add(descriptor, OciArchive.Bytes(content));
    }

    private void RewriteImage(JsonObject manifest)
    {
        var layers = manifest.Children("layers");
        var config = OciArchive.Parse(_from.Content(manifest.Child("config")));
        var differences = config.Child("rootfs")["diff_ids"] as JsonArray ?? [];
        var history = config.Children("history");
        if (layers.Count == 0 || layers.Count != differences.Count || history is not [.., var last] || last["author"]?.ToString() != Author)
        {
            throw new InvalidDataException("the last layer is not one that the .NET SDK added");
        }

        foreach (var layer in layers.SkipLast(1))
        {
            _to.Add(layer, _from.Content(layer));
        }

        var own = Layer.Canonical(_from.Content(layers[^1]), _moment);
        _to.Add(layers[^1], own.Compressed);
        differences[^1] = own.Difference;

        var created = _moment.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        config["created"] = created;
        foreach (var step in history.Where(step => step["author"]?.ToString() == Author))
        {
            step["created"] = created;
        }

        _to.Add(manifest.Child("config"), OciArchive.Bytes(config));
    }

    private JsonObject DockerManifest(JsonObject descriptor, string name)
    {
        var manifest = OciArchive.Parse(_to.Content(descriptor));
        return new JsonObject
        {
            ["Config"] = Digest.PathOf(manifest.Child("config").Text("digest")),
            ["RepoTags"] = new JsonArray(name),
            ["Layers"] = new JsonArray([.. manifest.Children("layers").Select(layer => (JsonNode)Digest.PathOf(layer.Text("digest")))]),
        };
    }

    private static bool IsIndex(JsonObject descriptor) => descriptor.Text("mediaType") is "application/vnd.oci.image.index.v1+json" or "application/vnd.docker.distribution.manifest.list.v2+json";
}
