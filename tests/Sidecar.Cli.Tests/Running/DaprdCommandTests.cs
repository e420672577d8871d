using System.Globalization;
using System.Net;
using Sidecar.Cli.Tests.Processes;
using Sidecar.Processes;

namespace Sidecar.Cli.Tests.Running;

/// <summary><c>sidecar daprd</c>: what starts daprd can start this instead.</summary>
public sealed class DaprdCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new TemporaryFolder().WithFolder("res");
    private readonly int _httpPort;
    private readonly int _grpcPort;
    private readonly int _metricsPort;

    public DaprdCommandTests()
    {
        var ports = new FreePorts();
        (_httpPort, _grpcPort, _metricsPort) = (ports.Next(), ports.Next(), ports.Next());
    }

    public void Dispose() => _folder.Dispose();

    private HostProcess Daprd(params string[] more) => new(
        _folder.Path,
        ["daprd", "--app-id", "solo", "-dapr-http-port", Text(_httpPort), "--dapr-grpc-port", Text(_grpcPort), "--metrics-port", Text(_metricsPort), "--resources-path", "res", .. more]);

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    [UnixFact]
    public async Task It_serves_until_the_signal_and_logs_what_scripts_wait_for()
    {
        using var daprd = Daprd("--placement-host-address", "localhost:50005", "--components-path", "res");
        using var wait = new HostProcess(_folder.Path, "daprd", "--wait", "--dapr-http-port", Text(_httpPort));
        Assert.Equal(0, await wait.ExitedAsync());
        await daprd.PrintsAsync("dapr initialized. Status: Running. Init Elapsed ");
        using var client = new HttpClient();
        Assert.Equal(HttpStatusCode.NoContent, (await client.GetAsync(new Uri($"http://127.0.0.1:{_httpPort}/v1.0/healthz"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri($"http://127.0.0.1:{_metricsPort}/"))).StatusCode);

        daprd.Terminate();

        Assert.Equal(0, await daprd.ExitedAsync());
        await daprd.ReadToEndAsync();
        string[] lines =
        [
            "Flag --components-path has been deprecated, use --resources-path",
            "level=info msg=\"Starting Dapr Runtime -- version 1.18.3",
            "level=info msg=\"Log level set to: info\" app_id=solo",
            "level=warning msg=\"Accepted without effect: --placement-host-address",
            $"msg=\"HTTP server is running on port {_httpPort}\"",
            $"msg=\"API gRPC server is running on port {_grpcPort}\"",
            "msg=\"Daprd shutdown gracefully\"",
        ];
        Assert.All(lines, line => Assert.Contains(line, daprd.Output, StringComparison.Ordinal));
        Assert.DoesNotContain("== DAPR", daprd.Output, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task An_error_at_the_start_is_fatal_and_named_as_json_when_asked_so()
    {
        _folder.WithFile("res/c.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: s}\nspec: {type: state.nosuch, version: v1}\n");
        using var daprd = Daprd("--log-as-json");

        Assert.Equal(1, await daprd.ExitedAsync());
        await daprd.ReadToEndAsync();
        Assert.Contains("\"level\":\"fatal\",\"msg\":\"Fatal error from runtime: ", daprd.Output, StringComparison.Ordinal);
        Assert.Contains("state.nosuch", daprd.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("daprd --version", 0, "1.18.3")]
    [InlineData("daprd --app-id a --mode kubernetes", 1, "--mode kubernetes: in a cluster the official sidecar runs")]
    [InlineData("daprd", 1, "--app-id is required")]
    [InlineData("daprd --app-id a --config nowhere.yaml", 1, "nowhere.yaml' does not exist")]
    public async Task Questions_and_mistakes_are_answered_at_once(string arguments, int exitCode, string answer)
    {
        using var daprd = new HostProcess(_folder.Path, arguments.Split(' '));

        Assert.Equal(exitCode, await daprd.ExitedAsync());
        await daprd.ReadToEndAsync();
        Assert.Contains(answer, daprd.Output, StringComparison.Ordinal);
    }
}
