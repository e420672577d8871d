using System.Net;
using System.Net.Sockets;
using System.Text;
using Conformance;
using Sidecar.Components.PostgreSql;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.State;
using Sidecar.Servers;

namespace Components.Tests.PostgreSql;

/// <summary>A server that is not there yet, goes away and comes back; it is this class's own.</summary>
[NeedsServer("postgresql")]
public sealed class PostgreSqlOutageTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [ConformanceFact]
    public async Task A_server_that_is_down_is_waited_for_at_the_start_and_a_store_lives_through_its_stops_and_crashes()
    {
        await using var server = PostgreSqlServer.CreateForTest();
        await using var place = new PostgreSqlPlace(server);
        var clock = new SteppedClock();

        var refusal = await Assert.ThrowsAsync<ComponentException>(() => place.OpenAsync("v2", initTimeout: TimeSpan.FromMilliseconds(300)));
        Assert.Contains("cannot be reached", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("spec.initTimeout", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{server.Port}", refusal.Message, StringComparison.Ordinal);

        var opening = place.OpenAsync("v2", time: clock, initTimeout: TimeSpan.FromSeconds(60));
        await server.StartAsync();
        await using var store = await opening;
        await SaveAsync(store, "1");

        await server.KillAsync();
        await Assert.ThrowsAsync<PostgreSqlStoreException>(() => SaveAsync(store, "lost"));
        var down = await Assert.ThrowsAsync<PostgreSqlStoreException>(() => store.GetAsync("k", None).AsTask());
        Assert.Contains("cannot be reached", down.Message, StringComparison.Ordinal);
        await server.StartAsync();
        Assert.Equal("1", await TextAsync(store));
        await SaveAsync(store, "2");

        // Nothing was asked meanwhile: the first change finds that its connection is dead before it is sent.
        await server.StopAsync();
        await server.StartAsync();
        clock.Step(TimeSpan.FromMinutes(1));
        await SaveAsync(store, "3");

        await server.StopAsync();
        await server.StartAsync();
        Assert.Equal("3", await TextAsync(store));
    }

    [Fact]
    public async Task A_server_that_takes_the_connection_and_says_nothing_is_named_when_initTimeout_is_over()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        await using var place = new ComponentPlace();

        var refusal = await Assert.ThrowsAsync<ComponentException>(() => place.MakeAsync<IStateStore>(
            "state.postgresql", new() { ["connectionString"] = $"host=127.0.0.1 port={port} user=postgres" }, initTimeout: TimeSpan.FromMilliseconds(300), version: "v2"));
        Assert.Contains($"within 0.3 s (spec.initTimeout): PostgreSQL at 127.0.0.1:{port}: it does not answer", refusal.Message, StringComparison.Ordinal);
    }

    private static Task SaveAsync(IStateStore store, string value) => store.ExecuteAsync(new SetState("k", Encoding.UTF8.GetBytes(value)), None).AsTask();

    private static async Task<string> TextAsync(IStateStore store) => Encoding.UTF8.GetString((await store.GetAsync("k", None))!.Value.Span);
}
