using System.Globalization;
using Conformance;
using Sidecar.Cli.Output;
using Sidecar.Cli.Running;
using Sidecar.Processes;
using Sidecar.Runtime.Resources;

namespace Sidecar.Cli.Tests.Running;

[NeedsServer("redis")]
public sealed class RunServersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _told = new(CultureInfo.InvariantCulture);

    public void Dispose()
    {
        _folder.Dispose();
        _told.Dispose();
    }

    private RunServers Servers(bool startThem) => new(startThem, _folder.Path, _folder.Path, new RunConsole(_told, _told, colour: false));

    private static SidecarResources With(params (string Type, string Address)[] components) => new()
    {
        Components = [.. components.Select(component => new Component
        {
            Name = "under-test",
            Type = component.Type,
            Metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["redisHost"] = component.Address },
            Location = new SourceLocation("components/pubsub.yaml", 2),
        })],
    };

    [ConformanceFact]
    public async Task Components_of_one_kind_share_a_private_server_that_goes_with_the_run()
    {
        var servers = Servers(startThem: true);
        var resources = await servers.ProvideAsync(With(("pubsub.redis", "localhost:6379"), ("state.redis", "localhost:6379")), CancellationToken.None);
        var again = await servers.ProvideAsync(With(("pubsub.redis", "localhost:6379")), CancellationToken.None);

        var addresses = resources.Components.Concat(again.Components).Select(component => component.Metadata["redisHost"]).Distinct().ToList();
        Assert.StartsWith("127.0.0.1:", Assert.Single(addresses), StringComparison.Ordinal);
        Assert.Contains("private redis server", _told.ToString(), StringComparison.Ordinal);
        Assert.True(Directory.Exists(_folder["servers", "redis"]));
        var port = RunServers.PortOf(addresses[0]);
        Assert.False(FreePorts.IsFree(port));

        await servers.DisposeAsync();
        Assert.True(FreePorts.IsFree(port));
    }

    [Fact]
    public async Task Other_addresses_and_other_components_are_left_as_they_are()
    {
        await using var servers = Servers(startThem: true);
        var resources = With(("pubsub.redis", "redis.internal:6380"), ("state.sqlite", "localhost:6379"), ("pubsub.embedded", ""));
        var provided = await servers.ProvideAsync(resources, CancellationToken.None);

        Assert.Equal(resources.Components.Select(component => component.Metadata["redisHost"]), provided.Components.Select(component => component.Metadata["redisHost"]));
        Assert.Empty(_told.ToString());
    }

    [Theory]
    [InlineData("localhost:6379", 6379)]
    [InlineData("host=localhost port=5432", 5432)]
    [InlineData("amqp://guest:guest2@localhost:5672", 5672)]
    public void The_port_of_an_address_is_its_last_number(string address, int port) => Assert.Equal(port, RunServers.PortOf(address));

    [ConformanceFact]
    public async Task The_server_command_runs_one_until_it_is_stopped()
    {
        var port = new FreePorts().Next();
        using var host = new HostProcess(_folder.Path, ["server", "redis", "--port", $"{port}"]);
        await host.PrintsAsync($"redis listens at 127.0.0.1:{port}");
        Assert.False(FreePorts.IsFree(port));

        host.Terminate();
        Assert.Equal(0, await host.ExitedAsync());
        Assert.True(FreePorts.IsFree(port));
    }

    [ConformanceFact]
    public async Task Two_servers_on_one_port_are_refused_with_the_port()
    {
        await using var first = new Sidecar.Servers.RedisServer();
        await first.StartAsync();
        using var host = new HostProcess(_folder.Path, ["server", "redis", "--port", $"{first.Port}"]);

        await host.PrintsAsync($"port {first.Port}, which the private redis server is to listen on, is in use");
        Assert.Equal(1, await host.ExitedAsync());
    }
}
