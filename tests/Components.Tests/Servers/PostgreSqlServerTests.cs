using Conformance;
using Sidecar.Servers;

namespace Components.Tests.Servers;

[NeedsServer("postgresql")]
public sealed class PostgreSqlServerTests
{
    [ConformanceFact]
    public async Task It_keeps_its_data_and_its_port_over_a_stop_and_a_crash_and_leaves_nothing_behind()
    {
        var server = new PostgreSqlServer(durable: false);
        await server.StartAsync();
        var (port, made) = (server.Port, File.GetCreationTimeUtc(Path.Combine(server.DataFolder, "PG_VERSION")));
        await server.StopAsync();
        Assert.False(File.Exists(Path.Combine(server.DataFolder, "postmaster.pid")), "it was not ended in an orderly way");

        await server.StartAsync();
        await server.KillAsync();
        await server.StartAsync();
        Assert.Equal(port, server.Port);
        Assert.Equal(made, File.GetCreationTimeUtc(Path.Combine(server.DataFolder, "PG_VERSION")));

        await server.DisposeAsync();
        Assert.False(Directory.Exists(server.Folder));
    }
}
