using Conformance;
using Sidecar.Servers;

namespace Components.Tests.Servers;

[NeedsServer("redis")]
public sealed class PrivateServerTests
{
    [ConformanceFact]
    public async Task A_private_server_answers_keeps_its_port_over_a_crash_and_leaves_nothing_behind()
    {
        var server = new RedisServer();
        await server.StartAsync();
        var (port, process) = (server.Port, server.ProcessId);
        await server.KillAsync();
        Assert.Null(server.ProcessId);

        await server.StartAsync();
        Assert.Equal(port, server.Port);
        Assert.NotEqual(process, server.ProcessId);

        await server.DisposeAsync();
        Assert.False(Directory.Exists(server.Folder));
    }

    [ConformanceFact]
    public async Task A_server_that_cannot_start_says_why()
    {
        await using var first = new RedisServer();
        await first.StartAsync();
        await using var second = new RedisServer(port: first.Port);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => second.StartAsync());
        Assert.Contains("is in use", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_server_is_refused_with_the_names_there_are()
    {
        var refusal = Assert.Throws<ArgumentException>(() => PrivateServers.Create("oracle"));
        Assert.Contains("redis", refusal.Message, StringComparison.Ordinal);
    }
}
