using System.Formats.Tar;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Reproducible;

/// <summary>An image, or an index of images, as one tar file in OCI's layout: content under its digest, and <c>index.json</c> where reading begins.</summary>
public sealed class OciArchive
{
    private const string Layout = "oci-layout";
    private const string Start = "index.json";

    // Media types have a plus sign, which the default encoder would escape.
    private static readonly JsonSerializerOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal) { [Layout] = """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray() };

    /// <summary>What <c>index.json</c> says.</summary>
    public JsonObject Index => Parse(File(Start));

    /// <summary>The names of all files, in order.</summary>
    public IEnumerable<string> Files => _files.Keys.Order(StringComparer.Ordinal);

    /// <summary>Reads a tar file.</summary>
    /// <exception cref="InvalidDataException">It is no archive in OCI's layout.</exception>
    public static OciArchive Read(Stream stream)
    {
        var archive = new OciArchive();
        archive._files.Remove(Layout);
        using var tar = new TarReader(stream, leaveOpen: true);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
            {
                using var content = new MemoryStream();
                entry.DataStream?.CopyTo(content);
                archive._files[entry.Name] = content.ToArray();
            }
        }

        archive.File(Layout);
        return archive;
    }

    /// <summary>Writes a tar file that depends on nothing but the content and this moment.</summary>
    public void Write(Stream stream, DateTimeOffset moment)
    {
        using var tar = new TarWriter(stream, TarEntryFormat.Gnu, leaveOpen: true);
        foreach (var name in Files)
        {
            tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(_files[name]), ModificationTime = moment, AccessTime = default, ChangeTime = default });
        }
    }

    /// <summary>The content that a descriptor points at.</summary>
    /// <exception cref="InvalidDataException">It is missing, or is not what the descriptor says.</exception>
    public byte[] Content(JsonObject descriptor)
    {
        var digest = descriptor.Text("digest");
        var content = File(Digest.PathOf(digest));
        return Digest.Of(content) == digest ? content : throw new InvalidDataException($"the content under {digest} has another digest: the archive is damaged");
    }

    /// <summary>Adds content, and points the descriptor at it.</summary>
    public void Add(JsonObject descriptor, byte[] content)
    {
        var digest = Digest.Of(content);
        _files[Digest.PathOf(digest)] = content;
        descriptor["digest"] = digest;
        descriptor["size"] = content.Length;
    }

    /// <summary>Sets <c>index.json</c>.</summary>
    public void SetIndex(JsonObject index) => _files[Start] = Bytes(index);

    /// <summary>Adds the file by which <c>docker load</c> finds an image where it does not know OCI's layout; <c>docker save</c> writes both, too.</summary>
    public void SetDockerManifest(JsonArray manifest) => _files["manifest.json"] = Bytes(manifest);

    /// <summary>JSON of an archive, which has to be an object.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static JsonObject Parse(byte[] content)
    {
        try
        {
            return JsonNode.Parse(content)!.AsObject();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new InvalidDataException($"not a JSON object: {e.Message}", e);
        }
    }

    /// <summary>JSON as it is written, without white space.</summary>
    public static byte[] Bytes(JsonNode node) => JsonSerializer.SerializeToUtf8Bytes(node, s_plain);

    private byte[] File(string name) => _files.TryGetValue(name, out var content) ? content : throw new InvalidDataException($"{name} is missing: this is no image archive in OCI's layout");
}
