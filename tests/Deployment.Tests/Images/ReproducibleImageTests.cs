using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Reproducible;

namespace Deployment.Tests.Images;

/// <summary><c>deploy/Reproducible</c>: what the SDK writes goes in, what depends on its content alone comes out.</summary>
public sealed class ReproducibleImageTests
{
    private const string Name = "ghcr.io/shop/orders-carrier:1.2.3";

    private static readonly DateTimeOffset s_moment = DateTimeOffset.FromUnixTimeSeconds(1_767_323_045);

    [Fact]
    public void Two_archives_that_differ_in_times_and_order_alone_become_one()
    {
        var one = new SdkArchive { Architectures = ["amd64", "arm64"], Now = new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.Zero) };
        var other = one with { Architectures = ["arm64", "amd64"], Now = one.Now.AddHours(7), Entries = [.. one.Entries.Reverse()] };
        Assert.NotEqual(Bytes(one.Make()), Bytes(other.Make()));

        var (first, digest) = ReproducibleImage.Make(one.Make(), s_moment, Name);
        var (second, same) = ReproducibleImage.Make(other.Make(), s_moment, Name);

        Assert.Equal(digest, same);
        Assert.Equal(Bytes(first), Bytes(second));
    }

    [Fact]
    public void Other_content_is_another_image()
    {
        var one = new SdkArchive();

        var (_, digest) = ReproducibleImage.Make(one.Make(), s_moment, Name);
        var (_, another) = ReproducibleImage.Make((one with { Entries = [SdkArchive.File("app/a.dll", "A")] }).Make(), s_moment, Name);

        Assert.NotEqual(digest, another);
    }

    [Fact]
    public void What_is_canonical_stays_as_it_is()
    {
        var (once, digest) = ReproducibleImage.Make(new SdkArchive().Make(), s_moment, Name);

        var (twice, same) = ReproducibleImage.Make(OciArchive.Read(new MemoryStream(Bytes(once))), s_moment, Name);

        Assert.Equal(digest, same);
        Assert.Equal(Bytes(once), Bytes(twice));
    }

    [Fact]
    public void Contents_modes_owners_and_links_are_kept()
    {
        var longName = $"app/{new string('n', 120)}/{new string('m', 120)}";
        var owned = SdkArchive.File("app/owned", "mine", UnixFileMode.UserRead | UnixFileMode.UserExecute);
        (owned.Uid, owned.Gid) = (1654, 1655);
        var entries = new[] { new PaxTarEntry(TarEntryType.HardLink, "app/again") { LinkName = "app/owned" }, new PaxTarEntry(TarEntryType.SymbolicLink, "app/link") { LinkName = longName }, SdkArchive.File(longName, "long"), owned, SdkArchive.Folder("app") };

        var (archive, _) = ReproducibleImage.Make(new SdkArchive { Entries = entries }.Make(), s_moment, Name);

        var kept = Entries(archive.Content(Single(archive).Manifest.Children("layers")[^1]));
        Assert.Equal(["app", "app/link", longName, "app/owned", "app/again"], kept.Select(entry => entry.Name));
        Assert.Equal((TarEntryType.Directory, (UnixFileMode)0b111_101_101), (kept[0].EntryType, kept[0].Mode));
        Assert.Equal((TarEntryType.SymbolicLink, longName), (kept[1].EntryType, kept[1].LinkName));
        Assert.Equal("long", Text(kept[2]));
        Assert.Equal((1654, 1655, UnixFileMode.UserRead | UnixFileMode.UserExecute, "mine"), (kept[3].Uid, kept[3].Gid, kept[3].Mode, Text(kept[3])));
        Assert.Equal((TarEntryType.HardLink, "app/owned"), (kept[4].EntryType, kept[4].LinkName));
        Assert.All(kept, entry => Assert.Equal(s_moment, entry.ModificationTime));
    }

    [Fact]
    public void Layers_of_the_base_are_kept_byte_for_byte()
    {
        var (archive, _) = ReproducibleImage.Make(new SdkArchive().Make(), s_moment, Name);

        var (manifest, config) = Single(archive);
        Assert.Equal(SdkArchive.BaseLayer, archive.Content(manifest.Children("layers")[0]));
        Assert.Equal("2026-01-01T00:00:00Z", config.Children("history")[0].Text("created"));
    }

    [Fact]
    public void Digests_sizes_and_differences_name_what_is_there_and_nothing_else_is_there()
    {
        var (archive, digest) = ReproducibleImage.Make(new SdkArchive().Make(), s_moment, Name);

        var image = Assert.Single(archive.Index.Children("manifests"));
        var (manifest, config) = Single(archive);
        var named = (JsonObject[])[image, manifest.Child("config"), .. manifest.Children("layers")];
        Assert.Equal(digest, image.Text("digest"));
        Assert.All(named, one => Assert.Equal(one["size"]!.GetValue<int>(), archive.Content(one).Length));
        using var tar = new MemoryStream();
        new GZipStream(new MemoryStream(archive.Content(manifest.Children("layers")[^1])), CompressionMode.Decompress).CopyTo(tar);
        Assert.Equal(Digest.Of(tar.ToArray()), config.Child("rootfs")["diff_ids"]!.AsArray()[^1]!.ToString());
        Assert.Equal(named.Select(one => Digest.PathOf(one.Text("digest"))).Order(StringComparer.Ordinal), archive.Files.Where(file => file.StartsWith(Digest.Folder, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_time_that_the_SDK_wrote_is_the_given_moment()
    {
        var (archive, _) = ReproducibleImage.Make(new SdkArchive().Make(), s_moment, Name);

        var (_, config) = Single(archive);
        Assert.Equal("2026-01-02T03:04:05Z", config.Text("created"));
        Assert.Equal("2026-01-02T03:04:05Z", config.Children("history")[^1].Text("created"));
    }

    [Fact]
    public void One_image_can_be_loaded_by_its_name_with_and_without_OCIs_layout()
    {
        var (archive, _) = ReproducibleImage.Make(new SdkArchive().Make(), s_moment, Name);

        var annotations = Assert.Single(archive.Index.Children("manifests")).Child("annotations");
        Assert.Equal((Name, "1.2.3"), (annotations.Text("io.containerd.image.name"), annotations.Text("org.opencontainers.image.ref.name")));
        var docker = JsonNode.Parse(Files(archive)["manifest.json"])!.AsArray()[0]!.AsObject();
        Assert.Equal(Name, docker["RepoTags"]![0]!.ToString());
        Assert.All([docker["Config"]!, .. docker["Layers"]!.AsArray()], path => Assert.Contains(path!.ToString(), archive.Files));
    }

    [Fact]
    public void The_name_is_no_part_of_the_image()
    {
        var (_, digest) = ReproducibleImage.Make(new SdkArchive().Make(), s_moment, Name);
        var (_, same) = ReproducibleImage.Make(new SdkArchive().Make(), s_moment, "another.example.com:5000/x:latest");

        Assert.Equal(digest, same);
    }

    [Fact]
    public void An_image_that_the_SDK_did_not_build_is_refused()
    {
        var refused = Assert.Throws<InvalidDataException>(() => ReproducibleImage.Make(new SdkArchive { Author = "somebody" }.Make(), s_moment, Name));

        Assert.Equal("the last layer is not one that the .NET SDK added", refused.Message);
    }

    [Fact]
    public void An_attribute_that_would_be_lost_is_refused()
    {
        var entry = new PaxTarEntry(TarEntryType.RegularFile, "app/ping", new Dictionary<string, string> { ["SCHILY.xattr.security.capability"] = "1" });

        var refused = Assert.Throws<InvalidDataException>(() => ReproducibleImage.Make(new SdkArchive { Entries = [entry] }.Make(), s_moment, Name));

        Assert.Contains("app/ping has the attribute SCHILY.xattr.security.capability", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_archive_is_refused_with_what_is_missing()
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
            writer.WriteEntry(SdkArchive.File("a", "b"));
        tar.Position = 0;

        var refused = Assert.Throws<InvalidDataException>(() => OciArchive.Read(tar));

        Assert.Equal("oci-layout is missing: this is no image archive in OCI's layout", refused.Message);
    }

    private static (JsonObject Manifest, JsonObject Config) Single(OciArchive archive)
    {
        var manifest = OciArchive.Parse(archive.Content(Assert.Single(archive.Index.Children("manifests"))));
        return (manifest, OciArchive.Parse(archive.Content(manifest.Child("config"))));
    }

    private static byte[] Bytes(OciArchive archive)
    {
        using var stream = new MemoryStream();
        archive.Write(stream, s_moment);
        return stream.ToArray();
    }

    private static Dictionary<string, string> Files(OciArchive archive) => Read(new MemoryStream(Bytes(archive))).ToDictionary(entry => entry.Name, Text);

    private static List<TarEntry> Entries(byte[] compressed) => Read(new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress));

    private static List<TarEntry> Read(Stream stream)
    {
        using var tar = new TarReader(stream);
        var entries = new List<TarEntry>();
        while (tar.GetNextEntry(copyData: true) is { } entry)
        {
            entries.Add(entry);
        }

        return entries;
    }

    private static string Text(TarEntry entry) => entry.DataStream is { } data ? new StreamReader(data, Encoding.UTF8).ReadToEnd() : "";
}
