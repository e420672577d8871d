using System.Globalization;
using Protocol.Tests.JavaScript;
using Sidecar.Cli.Tests.Running;
using Sidecar.Processes;

namespace Sidecar.Cli.Tests.JavaScript;

/// <summary>The sidecar against the official JavaScript SDK and gRPC library: apps on them, run as a person would run them.</summary>
public sealed class JavaScriptSdkTests(NodePackages node) : IClassFixture<NodePackages>
{
    [NodeFact]
    public Task An_app_on_the_official_SDK_finds_all_it_asks_for() => AssertAllPassAsync("suite.mjs", "http");

    [NodeFact]
    public Task An_app_on_the_official_SDK_that_speaks_gRPC_finds_it_too() => AssertAllPassAsync("suite.mjs", "grpc", "--enable-app-health-check");

    [NodeFact]
    public Task A_service_on_the_official_gRPC_library_is_called_through_the_sidecar() => AssertAllPassAsync("proxying.mjs", "grpc");

    private async Task AssertAllPassAsync(string script, string protocol, params string[] options)
    {
        using var host = new HostProcess(
            await node.FolderAsync(),
            [
                "run", "--app-id", $"javascript-{Path.GetFileNameWithoutExtension(script)}-{protocol}", "--app-port", new FreePorts().Next().ToString(CultureInfo.InvariantCulture),
                "--app-protocol", protocol, "--resources-path", ".", .. options, "--", "node", script,
            ]);

        var exitCode = await host.ExitedAsync();

        Assert.True(exitCode == 0, host.Output);
        Assert.Contains(" passed, 0 failed", host.Output, StringComparison.Ordinal);
    }
}
