using System.Diagnostics;
using System.Formats.Tar;
using System.Text.Json;
using Deployment.Tests.Files;

namespace Deployment.Tests.Images;

/// <summary>An image as the SDK builds it, up to the archive; only its base is a stand-in, and its SDK for Dapr is this repository's.</summary>
[Trait("Suite", "long")]
public sealed class ImageBuildTests
{
    [Fact]
    public async Task A_service_becomes_an_image_that_says_who_it_is_and_not_when_it_was_made()
    {
        await using var registry = await BaseImageRegistry.StartAsync();
        var folder = Directory.CreateTempSubdirectory("image-");
        try
        {
            var image = await BuildAsync(registry.Host, Path.Combine(folder.FullName, "image"));

            var config = image.GetProperty("config");
            Assert.Equal("1654", config.GetProperty("User").GetString());
            Assert.True(config.GetProperty("ExposedPorts").TryGetProperty("8080/tcp", out _), config.GetRawText());
            var variables = config.GetProperty("Env").EnumerateArray().Select(variable => variable.GetString()).ToList();
            Assert.Contains("APP_PORT=8080", variables);
            Assert.Contains("APP_LISTEN_ADDRESS=0.0.0.0", variables);
            Assert.Equal(["dotnet", "/app/Carrier.dll"], Words(config, "Entrypoint").Concat(Words(config, "Cmd")));
            var labels = config.GetProperty("Labels");
            Assert.Equal("1.2.3", labels.GetProperty("org.opencontainers.image.version").GetString());
            Assert.False(labels.TryGetProperty("org.opencontainers.image.created", out _), "a label tells the time, so the image differs from one build to the next");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<string?> Words(JsonElement config, string name) => config.TryGetProperty(name, out var words) ? words.EnumerateArray().Select(word => word.GetString()) : [];

    /// <summary>Builds the carrier, which depends on nothing, into a folder of its own, and reads the image's configuration out of the archive.</summary>
    private static async Task<JsonElement> BuildAsync(string registry, string folder)
    {
        var archive = Path.Combine(folder, "carrier.tar");
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = Checkout.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            "publish", "services/Simulators/Carrier/Carrier.csproj", "-c", "Release", "-t:PublishContainer", "--nologo", "-v", "quiet", "-nodeReuse:false", "-p:DaprSdk=source",
            "-p:UseSharedCompilation=false", "-p:ContinuousIntegrationBuild=true", "-p:Version=1.2.3", "-p:ContainerImageTag=1.2.3", $"-p:ArtifactsPath={folder}/artifacts",
            $"-p:ContainerBaseImage={registry}/dotnet/aspnet:10.0-noble-chiseled", $"-p:ContainerArchiveOutputPath={archive}",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await output + await error);
        return ReadConfig(archive);
    }

    private static JsonElement ReadConfig(string archive)
    {
        var files = new Dictionary<string, byte[]>();
        using var tar = new TarReader(File.OpenRead(archive));
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is { } data)
            {
                using var copy = new MemoryStream();
                data.CopyTo(copy);
                files[entry.Name] = copy.ToArray();
            }
        }

        using var manifest = JsonDocument.Parse(files["manifest.json"]);
        return JsonDocument.Parse(files[manifest.RootElement[0].GetProperty("Config").GetString()!]).RootElement.Clone();
    }
}
