using System.Text.Json.Nodes;
using Deployment.Tests.Files;
using Reproducible;

namespace Deployment.Tests.Images;

/// <summary>An image as <c>deploy/images</c> builds it by the SDK; only its base is a stand-in, and its SDK for Dapr is this repository's.</summary>
[Trait("Suite", "long")]
public sealed class ImageBuildTests(BuiltTwice built) : IClassFixture<BuiltTwice>
{
    [BashFact]
    public async Task A_service_becomes_an_image_for_both_architectures_that_says_who_it_is()
    {
        await built.WhenBuiltAsync();

        var images = Images(Read(built.Builds[0].Archive));

        Assert.Equal(["amd64", "arm64"], images.Select(image => image.Config.Text("architecture")));
        Assert.All(images, image =>
        {
            var config = image.Config.Child("config");
            Assert.Equal("1654", config.Text("User"));
            Assert.True(config.Child("ExposedPorts").ContainsKey("8080/tcp"), config.ToJsonString());
            Assert.Contains("APP_PORT=8080", Words(config, "Env"));
            Assert.Contains("APP_LISTEN_ADDRESS=0.0.0.0", Words(config, "Env"));
            Assert.Equal(["dotnet", "/app/Gateway.dll"], Words(config, "Entrypoint").Concat(Words(config, "Cmd")));
            Assert.Equal("1.2.3", config.Child("Labels").Text("org.opencontainers.image.version"));
        });
    }

    [BashFact]
    public async Task Two_builds_of_a_commit_in_two_folders_are_one_image_byte_for_byte()
    {
        await built.WhenBuiltAsync();

        var (one, other) = (built.Builds[0], built.Builds[1]);

        Assert.Equal(Read(one.Archive).Files, Read(other.Archive).Files);
        Assert.Equal(one.Digest, other.Digest);
        Assert.Equal(await File.ReadAllBytesAsync(one.Archive), await File.ReadAllBytesAsync(other.Archive));
    }

    [BashFact]
    public async Task The_only_time_in_it_is_the_commits_and_the_base_is_untouched()
    {
        await built.WhenBuiltAsync();

        var images = Images(Read(built.Builds[0].Archive));

        Assert.All(images, image =>
        {
            Assert.Equal("2026-01-02T03:04:05Z", image.Config.Text("created"));
            Assert.Equal(["2026-01-01T00:00:00.0000000Z", "2026-01-02T03:04:05Z"], image.Config.Children("history").Select(step => step.Text("created")));
            Assert.False(image.Config.Child("config").Child("Labels").ContainsKey("org.opencontainers.image.created"), "a label tells the time");
        });
        Assert.Equal(built.Registry.BaseLayers, images.Select(image => Assert.Single(image.Manifest.Children("layers").SkipLast(1)).Text("digest")));
    }

    [SkopeoFact]
    public async Task What_is_pushed_has_the_digest_that_was_printed()
    {
        await built.WhenBuiltAsync();

        var printed = await built.Copy.ImagesAsync([.. built.Options, "--push"]);

        Assert.Equal(built.Builds[0].Digest, printed);
        Assert.Equal(printed, built.Registry.DigestOf("shop/orders-gateway:1.2.3"));
    }

    private static OciArchive Read(string archive)
    {
        using var file = File.OpenRead(archive);
        return OciArchive.Read(file);
    }

    private static List<(JsonObject Manifest, JsonObject Config)> Images(OciArchive archive) =>
    [
        .. OciArchive.Parse(archive.Content(Assert.Single(archive.Index.Children("manifests")))).Children("manifests")
            .Select(image => OciArchive.Parse(archive.Content(image)))
            .Select(manifest => (manifest, OciArchive.Parse(archive.Content(manifest.Child("config"))))),
    ];

    private static IEnumerable<string?> Words(JsonObject config, string name) => (config[name] as JsonArray ?? []).Select(word => word?.ToString());
}
