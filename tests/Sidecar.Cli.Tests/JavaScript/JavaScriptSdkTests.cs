using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Protocol.Tests.JavaScript;
using Sidecar.Cli.Tests.Running;

namespace Sidecar.Cli.Tests.JavaScript;

/// <summary>The sidecar against the official JavaScript SDK: an app on it, run as a person would run it.</summary>
public sealed class JavaScriptSdkTests(NodePackages node) : IClassFixture<NodePackages>
{
    [NodeFact]
    public async Task An_app_on_the_official_SDK_finds_all_it_asks_for()
    {
        using var host = new HostProcess(
            await node.FolderAsync(), "run", "--app-id", "javascript", "--app-port", FreePort().ToString(CultureInfo.InvariantCulture), "--resources-path", ".", "--", "node", "suite.mjs");

        var exitCode = await host.ExitedAsync();

        Assert.True(exitCode == 0, host.Output);
        Assert.Contains(" passed, 0 failed", host.Output, StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
