using Conformance;
using Npgsql;
using Sidecar.Runtime.State;
using Sidecar.Servers;

namespace Components.Tests.PostgreSql;

/// <summary>Tables of a test's own on a private server, stores on them, and SQL beside the stores.</summary>
internal sealed class PostgreSqlPlace(PostgreSqlServer server) : IAsyncDisposable
{
    private static int s_places;
    private readonly ComponentPlace _components = new();
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = server.Port, Username = "postgres", Database = "postgres", MaxPoolSize = 4 });

    /// <summary>Begins the name of every table of this place.</summary>
    public string Prefix { get; } = $"t{Interlocked.Increment(ref s_places)}_";

    public string Table => Prefix + "state";

    public string MetadataTable => Prefix + "metadata";

    public static string ExpiryOf(string version) => version == "v1" ? "expiredate" : "expires_at";

    public Dictionary<string, string> Metadata(string version) => new()
    {
        ["connectionString"] = $"postgres://postgres:any@127.0.0.1:{server.Port}/postgres?sslmode=disable",
        [version == "v1" ? "tableName" : "tablePrefix"] = version == "v1" ? Table : Prefix,
        ["metadataTableName"] = MetadataTable,
    };

    public Task<IStateStore> OpenAsync(string version, Action<Dictionary<string, string>>? change = null, TimeProvider? time = null, TimeSpan? initTimeout = null)
    {
        var metadata = Metadata(version);
        change?.Invoke(metadata);
        return _components.MakeAsync<IStateStore>("state.postgresql", metadata, time, version: version, initTimeout: initTimeout ?? TimeSpan.FromSeconds(60));
    }

    /// <summary>Runs SQL and gives each row as text, its columns joined by <c>|</c>.</summary>
    public async Task<IReadOnlyList<string>> QueryAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        await using var rows = await command.ExecuteReaderAsync();
        var all = new List<string>();
        while (await rows.ReadAsync())
            all.Add(string.Join('|', Enumerable.Range(0, rows.FieldCount).Select(column => rows.IsDBNull(column) ? "" : Convert.ToString(rows.GetValue(column), System.Globalization.CultureInfo.InvariantCulture))));
        return all;
    }

    public Task AgeAsync(string version, TimeSpan time) =>
        QueryAsync($"UPDATE {Table} SET {ExpiryOf(version)} = {ExpiryOf(version)} - make_interval(secs => {time.TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture)})");

    public async ValueTask DisposeAsync()
    {
        await _components.DisposeAsync();
        await _source.DisposeAsync();
    }
}
