using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.State;
using Sidecar.Servers;

namespace Bench.State;

/// <summary>The <c>state.postgresql</c> component against Npgsql itself, on a private server that flushes every commit, with 1 KB values in tables of one layout.</summary>
internal static class StateOnPostgreSql
{
    private const int Keys = 1000;

    private static readonly byte[] s_value = Encoding.UTF8.GetBytes($$"""{"text":"{{new string('x', 1000)}}"}""");

    /// <summary>Starts the server, measures, ends it.</summary>
    public static async Task RunAsync(Report report)
    {
        if (PostgreSqlServer.Missing is { } missing)
        {
            Console.WriteLine($"  not measured: {missing}");
            return;
        }

        await using var server = new PostgreSqlServer();
        await server.StartAsync();
        await using var shared = new SharedInstances();
        await using var store = await OpenAsync(server, shared, "v2", "tablePrefix", "measured_");
        await using var first = await OpenAsync(server, shared, "v1", "tableName", "measured_v1");
        await using var tables = await OpenAsync(server, shared, "v2", "tablePrefix", "bare_");
        await using var bare = new BarePostgreSql(server.Port, "bare_state");

        foreach (var callers in new[] { 1, 16, 64 })
        {
            var baseline = await report.BaselineAsync("save, Npgsql, one commit each", callers, (c, i) => bare.SaveAsync((Key(c, i), s_value)));
            await report.MeasureAsync("save, state.postgresql v2", callers, (c, i) => Save(store, c, i), baseline);
            await report.MeasureAsync("save, state.postgresql v1", callers, (c, i) => Save(first, c, i), baseline);
        }

        for (var i = 0; i < Keys; i += 100)
            await store.TransactAsync([.. Enumerable.Range(i, 100).Select(n => new SetState(Key(0, n), s_value))], CancellationToken.None);
        for (var i = 0; i < Keys; i++)
            await bare.SaveAsync((Key(0, i), s_value));
        foreach (var callers in new[] { 1, 16 })
        {
            var baseline = await report.BaselineAsync("read, Npgsql", callers, (_, i) => bare.ReadAsync(Key(0, i)));
            await report.MeasureAsync("read, state.postgresql v2", callers, (_, i) => Read(store, i), baseline);
        }

        foreach (var size in new[] { 3, 100 })
        {
            var baseline = await report.BaselineAsync($"transaction of {size}, Npgsql", 16, (c, i) => bare.SaveAsync(Enumerable.Range(0, size).Select(n => (Key(c, i + n), s_value))));
            await report.MeasureAsync(
                $"transaction of {size}, state.postgresql v2", 16,
                (c, i) => store.TransactAsync([.. Enumerable.Range(0, size).Select(n => new SetState(Key(c, i + n), s_value))], CancellationToken.None), baseline);
        }
    }

    private static ValueTask Save(IStateStore store, int caller, int i) => store.ExecuteAsync(new SetState(Key(caller, i), s_value), CancellationToken.None);

    private static async ValueTask Read(IStateStore store, int i)
    {
        if (await store.GetAsync(Key(0, i), CancellationToken.None) is null)
            throw new InvalidOperationException("a key that was saved is missing");
    }

    private static string Key(int caller, int i) => $"bench||{caller}-{i % Keys}";

    private static async Task<IStateStore> OpenAsync(PostgreSqlServer server, SharedInstances shared, string version, string nameKey, string name)
    {
        var component = new Component
        {
            Name = "bench",
            Type = "state.postgresql",
            Version = version,
            Metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
            {
                ["connectionString"] = $"host=127.0.0.1 port={server.Port} user=postgres database=postgres",
                ["maxConns"] = "16",
                [nameKey] = name,
            },
        };
        var context = new ComponentContext { AppId = "bench", AppDirectory = server.Folder, HostDirectory = server.Folder, Loggers = NullLoggerFactory.Instance, Shared = shared };
        return (IStateStore)await BuiltInComponents.All.Single(factory => factory.Type == component.Type).CreateAsync(component, context, CancellationToken.None);
    }
}
