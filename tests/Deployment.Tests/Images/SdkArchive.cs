using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Reproducible;

namespace Deployment.Tests.Images;

/// <summary>An archive such as the SDK writes: one layer of a base and one of its own, in pax format, in the order in which a folder was read, at the time of day.</summary>
internal sealed record SdkArchive
{
    private const string OciIndex = "application/vnd.oci.image.index.v1+json";
    private const string OciManifest = "application/vnd.oci.image.manifest.v1+json";

    /// <summary>What stands in the SDK's own layer, in this order.</summary>
    public IReadOnlyList<TarEntry> Entries { get; init; } = [Folder("app"), File("app/b.dll", "b"), File("app/a.dll", "a")];

    /// <summary>When it was built.</summary>
    public DateTimeOffset Now { get; init; } = DateTimeOffset.UtcNow;

    /// <summary>None for one image without an index.</summary>
    public IReadOnlyList<string> Architectures { get; init; } = [];

    /// <summary>Who is written down for the last layer.</summary>
    public string Author { get; init; } = ".NET SDK";

    /// <summary>The layer of the base image, which was not compressed by us.</summary>
    public static byte[] BaseLayer { get; } = Pack([File("etc/os-release", "ID=none")], new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), CompressionLevel.NoCompression);

    public static PaxTarEntry Folder(string name) => new(TarEntryType.Directory, name) { Mode = (UnixFileMode)0b111_101_101 };

    public static PaxTarEntry File(string name, string text, UnixFileMode mode = (UnixFileMode)0b110_100_100) =>
        new(TarEntryType.RegularFile, name) { Mode = mode, DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) };

    public OciArchive Make()
    {
        var archive = new OciArchive();
        var image = Image(archive, "amd64");
        if (Architectures.Count > 0)
        {
            image = new JsonObject { ["mediaType"] = OciIndex };
            archive.Add(image, OciArchive.Bytes(new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = OciIndex, ["manifests"] = new JsonArray([.. Architectures.Select(one => Image(archive, one))]) }));
        }

        archive.SetIndex(new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = OciIndex, ["manifests"] = new JsonArray(image) });
        return archive;
    }

    private JsonObject Image(OciArchive archive, string architecture)
    {
        JsonObject[] layers = [Descriptor("application/vnd.docker.image.rootfs.diff.tar.gzip"), Descriptor("application/vnd.oci.image.layer.v1.tar+gzip")];
        archive.Add(layers[0], BaseLayer);
        var own = Pack(Entries, Now, CompressionLevel.Fastest);
        archive.Add(layers[1], own);
        var config = Descriptor("application/vnd.oci.image.config.v1+json");
        archive.Add(config, OciArchive.Bytes(new JsonObject
        {
            ["config"] = new JsonObject { ["User"] = "1654" },
            ["created"] = $"{Now:O}",
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray(Unpacked(BaseLayer), Unpacked(own)) },
            ["architecture"] = architecture,
            ["os"] = "linux",
            ["history"] = new JsonArray(new JsonObject { ["created"] = "2026-01-01T00:00:00Z" }, new JsonObject { ["author"] = Author, ["created"] = $"{Now:O}" }),
        }));
        var image = Descriptor(OciManifest);
        archive.Add(image, OciArchive.Bytes(new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = OciManifest, ["config"] = config, ["layers"] = new JsonArray(layers) }));
        image["platform"] = new JsonObject { ["architecture"] = architecture, ["os"] = "linux" };
        return image;
    }

    private static JsonObject Descriptor(string type) => new() { ["mediaType"] = type };

    private static byte[] Pack(IEnumerable<TarEntry> entries, DateTimeOffset now, CompressionLevel level)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, level, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Pax))
        {
            foreach (var entry in entries)
            {
                entry.ModificationTime = now;
                if (entry.DataStream is { } data)
                {
                    data.Position = 0;
                }

                tar.WriteEntry(entry);
            }
        }

        return packed.ToArray();
    }

    private static string Unpacked(byte[] compressed)
    {
        using var gzip = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
        using var tar = new MemoryStream();
        gzip.CopyTo(tar);
        return Digest.Of(tar.ToArray());
    }
}
