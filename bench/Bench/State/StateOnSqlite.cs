using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.State;

namespace Bench.State;

/// <summary>
/// The <c>state.sqlite</c> component against the bare driver. Both write 1 KB values to a file with a write-ahead log and flush every commit.
/// The goals: 5,000 saves/s at 16 callers with p99 under 20 ms, 12,000 reads/s.
/// </summary>
internal static class StateOnSqlite
{
    private const int Keys = 1000;

    private static readonly byte[] s_value = Encoding.UTF8.GetBytes($$"""{"text":"{{new string('x', 1000)}}"}""");

    /// <summary>Runs in a folder of its own under the temporary folder.</summary>
    public static async Task RunAsync(Report report)
    {
        var folder = Directory.CreateTempSubdirectory("bench-").FullName;
        try
        {
            using var bare = new BareSqlite(Path.Combine(folder, "bare.db"));
            await using var shared = new SharedInstances();
            await using var store = await OpenAsync("state.sqlite", folder, shared);
            await using var memory = await OpenAsync("state.in-memory", folder, shared);
            await SavesAsync(report, bare, store, memory);
            await ReadsAsync(report, bare, store, memory);
            await TransactionsAsync(report, bare, store);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task SavesAsync(Report report, BareSqlite bare, IStateStore store, IStateStore memory)
    {
        foreach (var callers in new[] { 1, 16, 64 })
        {
            var baseline = await report.BaselineAsync("save, bare driver, one commit each", callers, (c, i) => bare.SaveAsync(Key(c, i), s_value));
            await report.MeasureAsync("save, state.sqlite", callers, (c, i) => Save(store, c, i), baseline);
        }

        await report.BaselineAsync("save, state.in-memory", 16, (c, i) => Save(memory, c, i));
    }

    private static async Task ReadsAsync(Report report, BareSqlite bare, IStateStore store, IStateStore memory)
    {
        for (var i = 0; i < Keys; i++)
        {
            await bare.SaveAsync(Key(0, i), s_value);
            await Save(store, 0, i);
            await Save(memory, 0, i);
        }

        foreach (var callers in new[] { 1, 16 })
        {
            var baseline = await report.BaselineAsync("read, bare driver, one connection", callers, (_, i) => bare.ReadAsync(Key(0, i)));
            await report.MeasureAsync("read, state.sqlite", callers, (_, i) => Read(store, i), baseline);
        }

        await report.BaselineAsync("read, state.in-memory", 16, (_, i) => Read(memory, i));
        await report.BaselineAsync("read beside one writer, state.sqlite", 16, (c, i) => c == 0 ? Save(store, c, i) : Read(store, i));
    }

    private static async Task TransactionsAsync(Report report, BareSqlite bare, IStateStore store)
    {
        foreach (var size in new[] { 3, 100 })
        {
            var baseline = await report.BaselineAsync(
                $"transaction of {size}, bare driver", 16, (c, i) => bare.SaveAsync(Enumerable.Range(0, size).Select(n => (Key(c, i + n), s_value))));
            await report.MeasureAsync(
                $"transaction of {size}, state.sqlite", 16,
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

    private static async Task<IStateStore> OpenAsync(string type, string folder, SharedInstances shared)
    {
        var component = new Component
        {
            Name = "bench",
            Type = type,
            Metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["connectionString"] = "component.db" },
        };
        var context = new ComponentContext { AppId = "bench", AppDirectory = folder, HostDirectory = folder, Loggers = NullLoggerFactory.Instance, Shared = shared };
        return (IStateStore)await BuiltInComponents.All.Single(factory => factory.Type == type).CreateAsync(component, context, CancellationToken.None);
    }
}
