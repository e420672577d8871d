using Conformance;
using Npgsql;
using Sidecar.Runtime.Resources;
using Sidecar.Servers;
using Sidecar.Testing;

namespace Components.Tests.Backup;

/// <summary>A database of a test's own on a private server, sidecars on it, and a folder for backups of it.</summary>
internal sealed class BackupPlace : IAsyncDisposable
{
    private static int s_places;
    private readonly PostgreSqlServer _server;
    private readonly string _name = $"orders_{Interlocked.Increment(ref s_places)}";
    private readonly string _folder = Directory.CreateTempSubdirectory("backup-").FullName;

    private BackupPlace(PostgreSqlServer server) => _server = server;

    /// <summary>The database, as scripts and components name it.</summary>
    public string Url => $"postgres://postgres:any@127.0.0.1:{_server.Port}/{_name}?sslmode=disable";

    public static async Task<BackupPlace> CreateAsync(PostgreSqlServer server)
    {
        var place = new BackupPlace(server);
        await place.AtServerAsync($"CREATE DATABASE {place._name}");
        return place;
    }

    /// <summary>A sidecar whose state and workflows are in the database.</summary>
    public Task<TestSidecar> StartSidecarAsync() => TestSidecar.For("orders").WithoutApp()
        .WithComponent(new Component
        {
            Name = "statestore",
            Type = "state.postgresql",
            Version = "v2",
            InitTimeout = TimeSpan.FromSeconds(60),
            Metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["connectionString"] = Url, ["actorStateStore"] = "true" },
        })
        .StartAsync();

    /// <summary>Backs the database up and says where to.</summary>
    public async Task<string> BackUpAsync(string name = "backup")
    {
        var folder = Path.Combine(_folder, name);
        var (exitCode, output) = await DeployScript.RunAsync("backup", "--database", Url, folder);
        Assert.True(exitCode == 0, output);
        return folder;
    }

    public Task<(int ExitCode, string Output)> RestoreAsync(string folder, params string[] options) => DeployScript.RunAsync("restore", [.. options, "--database", Url, folder]);

    /// <summary>As after a lost disk: an empty database in its place.</summary>
    public async Task LoseEverythingAsync()
    {
        await AtServerAsync($"DROP DATABASE {_name} WITH (FORCE)");
        await AtServerAsync($"CREATE DATABASE {_name}");
    }

    /// <summary>Runs SQL in the database and gives the first column.</summary>
    public Task<IReadOnlyList<string>> QueryAsync(string sql) => QueryAsync(_name, sql);

    public async ValueTask DisposeAsync()
    {
        await AtServerAsync($"DROP DATABASE {_name} WITH (FORCE)");
        Directory.Delete(_folder, recursive: true);
    }

    private Task<IReadOnlyList<string>> AtServerAsync(string sql) => QueryAsync("postgres", sql);

    // No pool: a restore refuses to run beside sessions of others.
    private async Task<IReadOnlyList<string>> QueryAsync(string database, string sql)
    {
        var address = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = _server.Port, Username = "postgres", Database = database, Pooling = false };
        await using var connection = new NpgsqlConnection(address.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var rows = await command.ExecuteReaderAsync();
        var all = new List<string>();
        while (await rows.ReadAsync())
        {
            all.Add(Convert.ToString(rows.GetValue(0), System.Globalization.CultureInfo.InvariantCulture)!);
        }

        return all;
    }
}
