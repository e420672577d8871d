using System.Diagnostics;
using Deployment.Tests.Files;

namespace Deployment.Tests.Images;

/// <summary>What MSBuild makes of <c>deploy/Images.props</c> for every project that becomes an image, as the SDK would build it.</summary>
public sealed class ImagePropertiesTests
{
    private static readonly string[] s_sources = ["services", "workflows"];

    [Fact]
    public async Task Every_service_becomes_a_non_root_chiselled_image_of_its_app_id_that_listens_on_8080()
    {
        var projects = s_sources
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Checkout.Root, folder), "*.csproj", SearchOption.AllDirectories))
            .Where(project => File.ReadAllText(project).Contains("Microsoft.NET.Sdk.Web", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToList();

        var images = await EvaluateAsync(projects);

        Assert.Equal(
            [
                "Baskets: orders-baskets", "Carrier: orders-carrier", "Catalog: orders-catalog", "Gateway: orders-gateway", "Inventory: orders-inventory", "Notifications: orders-notifications",
                "OrderSaga: orders-order-saga", "Ordering: orders-ordering", "PaymentProvider: orders-payment-provider", "Payments: orders-payments", "Shipping: orders-shipping",
            ],
            images.Select(image => image.Split('|')[0]).Order(StringComparer.Ordinal));
        Assert.All(images, image => Assert.EndsWith("|1654|8080|APP_PORT=8080,APP_LISTEN_ADDRESS=0.0.0.0|linux-x64,linux-arm64|false", image, StringComparison.Ordinal));
        Assert.All(images, image => Assert.Matches(@"^mcr\.microsoft\.com/dotnet/aspnet:10\.0(\.\d+)?-noble-chiseled$", image.Split('|')[1]));
    }

    [Fact]
    public void The_Dockerfile_of_Loyalty_names_exact_versions_and_a_user_by_number()
    {
        var lines = Checkout.Here.Read("services/Loyalty/Dockerfile").Split('\n');

        Assert.All(lines.Where(line => line.StartsWith("FROM", StringComparison.Ordinal)), line => Assert.Matches(@"node:\d+\.\d+\.\d+-", line));
        Assert.Contains("USER 1000", lines);
        Assert.Contains(lines, line => line.StartsWith("RUN npm ci", StringComparison.Ordinal));
        Assert.DoesNotContain(lines.Skip(Array.IndexOf(lines, "WORKDIR /app")), line => line.StartsWith("RUN", StringComparison.Ordinal));
    }

    /// <summary>One MSBuild for all of them, with a target of ours behind theirs that writes down what the SDK's own would use. Nothing is restored or built.</summary>
    private static async Task<IReadOnlyList<string>> EvaluateAsync(IReadOnlyList<string> projects)
    {
        var folder = Directory.CreateTempSubdirectory("images-");
        try
        {
            var written = Path.Combine(folder.FullName, "images");
            var behind = Path.Combine(folder.FullName, "behind.targets");
            await File.WriteAllTextAsync(behind, $"""
                <Project>
                  <Target Name="WriteImage" DependsOnTargets="ComputeContainerBaseImage">
                    <PropertyGroup>
                      <_Variables>@(ContainerEnvironmentVariable->'%(Identity)=%(Value)', ',')</_Variables>
                      <_Ports>@(ContainerPort)</_Ports>
                      <_Platforms>$(RuntimeIdentifiers.Replace(';', ','))</_Platforms>
                    </PropertyGroup>
                    <WriteLinesToFile File="{written}" Lines="$(MSBuildProjectName): $(ContainerRepository)|$(ContainerBaseImage)|$(ContainerUser)|$(_Ports)|$(_Variables)|$(_Platforms)|$(ContainerGenerateLabelsImageCreated)" />
                  </Target>
                </Project>
                """);
            var all = Path.Combine(folder.FullName, "all.proj");
            await File.WriteAllTextAsync(all, $"""
                <Project>
                  <ItemGroup>
                    <Service Include="{string.Join(';', projects)}" />
                  </ItemGroup>
                  <Target Name="Write">
                    <MSBuild Projects="@(Service)" Targets="WriteImage" Properties="DaprSdk=nuget;ImagePlatforms=all;CustomAfterMicrosoftCommonTargets={behind}" />
                  </Target>
                </Project>
                """);
            var start = new ProcessStartInfo("dotnet") { WorkingDirectory = Checkout.Root, RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var argument in (string[])["msbuild", all, "-t:Write", "-nologo", "-v:quiet", "-nodeReuse:false"])
            {
                start.ArgumentList.Add(argument);
            }

            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, await output + await error);
            return await File.ReadAllLinesAsync(written);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
