using Conformance;
using Microsoft.Data.Sqlite;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.State;

namespace Sidecar.Tests.Components;

public sealed class SqliteStateTests : StateStoreConformance
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly ComponentPlace _place = new();

    private string File => Path.Combine(_place.Folder, "data", "state.db");

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _place.DisposeAsync();
    }

    [Fact]
    public async Task What_was_saved_is_there_after_the_store_is_opened_again()
    {
        await Store.ExecuteAsync(Set("k", "1"), None);
        await Store.DisposeAsync();
        await using var again = await OpenAsync();
        Assert.Equal("1", Text(await again.GetAsync("k", None)));
    }

    [Fact]
    public async Task What_was_acknowledged_is_in_the_files_before_the_store_is_closed()
    {
        for (var i = 0; i < 50; i++)
            await Store.TransactAsync([Set($"a{i}", "1"), Set($"b{i}", "1")], None);

        // The files as a crash would leave them: copied while the store has them open.
        var crashed = Directory.CreateDirectory(Path.Combine(_place.Folder, "crashed")).FullName;
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(File)!).Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)))
            System.IO.File.Copy(file, Path.Combine(crashed, Path.GetFileName(file)));
        await using var recovered = await _place.MakeAsync<IStateStore>("state.sqlite", new() { ["connectionString"] = "crashed/state.db" });

        Assert.Equal(100, (await recovered.ListKeysAsync("", null, 1000, None)).Keys.Count);
    }

    [Fact]
    public async Task The_file_has_the_layout_of_daprd()
    {
        await Store.ExecuteAsync(Set("app||text", """{"a":1}"""), None);
        await Store.ExecuteAsync(new SetState("app||bytes", new byte[] { 0, 1, 255 }, TimeToLive: TimeSpan.FromSeconds(60)), None);

        Assert.Equal(
            ["""app||bytes|AAH/|1|2026-01-02 03:05:05.678|2026-01-02 03:04:05""", """app||text|{"a":1}|0||2026-01-02 03:04:05"""],
            Query("SELECT key || '|' || value || '|' || is_binary || '|' || ifnull(expiration_time, '') || '|' || update_time FROM state ORDER BY key"));
        Assert.Equal(["key TEXT", "value TEXT", "is_binary BOOLEAN", "etag TEXT", "expiration_time TIMESTAMP", "update_time TIMESTAMP"],
            Query("SELECT name || ' ' || type FROM pragma_table_info('state')"));
        Assert.Equal(["migrations=1"], Query("SELECT key || '=' || value FROM metadata"));
        Assert.Equal(["wal"], Query("PRAGMA journal_mode"));
        Assert.Equal(["2"], Query("SELECT count(*) FROM state WHERE length(etag) = 36"));
    }

    [Fact]
    public async Task Rows_that_daprd_wrote_are_read()
    {
        Query("INSERT INTO state (key, value, is_binary, etag, expiration_time) VALUES ('a', 'AAH/', 1, 'e1', NULL), ('b', '\"t\"', 0, 'e2', '2026-01-02 03:04:06')");
        Assert.Equal(new byte[] { 0, 1, 255 }, (await Store.GetAsync("a", None))!.Value.ToArray());
        Assert.Equal("\"t\"", Text(await Store.GetAsync("b", None)));
        Clock.Step(TimeSpan.FromSeconds(1));
        Assert.Null(await Store.GetAsync("b", None));
        await Store.ExecuteAsync(Set("a", "2") with { ETag = "e1" }, None);
    }

    [Fact]
    public async Task A_lapsed_row_is_removed_when_it_is_met_and_others_by_the_clean_up()
    {
        await using var store = await OpenAsync(new() { ["cleanupInterval"] = "1h" });
        await store.TransactAsync(
            [.. new[] { "met", "left" }.Select(key => Set(key, "1") with { TimeToLive = TimeSpan.FromSeconds(1) }), Set("stays", "1")], None);
        Clock.Step(TimeSpan.FromSeconds(2));

        Assert.Null(await store.GetAsync("met", None));
        await store.ExecuteAsync(Set("after", "1"), None); // queued behind the removal
        Assert.Equal(["after", "left", "stays"], Query("SELECT key FROM state ORDER BY key"));

        Clock.Step(TimeSpan.FromHours(1));
        await store.ExecuteAsync(Set("after", "2"), None);
        Assert.Equal(["after", "stays"], Query("SELECT key FROM state ORDER BY key"));
    }

    [Fact]
    public async Task Two_stores_of_one_host_on_one_file_share_its_writer()
    {
        await using var other = await OpenAsync(new() { ["tableName"] = "others" });
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => (i % 2 == 0 ? Store : other).ExecuteAsync(Set($"k{i}", "1"), None).AsTask()));
        Assert.Equal(["100"], Query("SELECT count(*) FROM state"));
        Assert.Equal(["100"], Query("SELECT count(*) FROM others"));
    }

    [Fact]
    public async Task Two_hosts_may_write_one_file()
    {
        await using var secondHost = new ComponentPlace();
        await using var second = await secondHost.MakeAsync<IStateStore>("state.sqlite", new() { ["connectionString"] = File, ["busyTimeout"] = "20s" });
        await using var first = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++)
                await (writer % 2 == 0 ? first : second).TransactAsync([Set($"{writer}-{i}", "1"), Set($"{writer}+{i}", "1")], None);
        })));
        Assert.Equal(400, (await first.ListKeysAsync("", null, 1000, None)).Keys.Count);
        await second.DisposeAsync();
    }

    [Fact]
    public async Task A_write_lock_held_by_another_process_is_a_clear_error_and_passes()
    {
        await using var store = await _place.MakeAsync<IStateStore>("state.sqlite", new() { ["connectionString"] = "other.db", ["busyTimeout"] = "50ms" });
        using (var holder = new SqliteConnection($"Data Source={Path.Combine(_place.Folder, "other.db")};Pooling=False"))
        {
            holder.Open();
            using var begin = new SqliteCommand("BEGIN IMMEDIATE", holder);
            begin.ExecuteNonQuery();
            var error = await Assert.ThrowsAnyAsync<Exception>(() => store.ExecuteAsync(Set("k", "1"), None).AsTask());
            Assert.Contains("busyTimeout", error.Message, StringComparison.Ordinal);
            Assert.Contains("other.db", error.Message, StringComparison.Ordinal);
            Assert.Null(await store.GetAsync("k", None));
        }

        await store.ExecuteAsync(Set("k", "2"), None);
        Assert.Equal("2", Text(await store.GetAsync("k", None)));
    }

    [Fact]
    public async Task A_full_disk_is_a_clear_error_and_the_store_goes_on_when_there_is_room()
    {
        await using var store = await _place.MakeAsync<IStateStore>("state.sqlite", new() { ["connectionString"] = "file:full.db?_pragma=max_page_count(40)" });
        await store.ExecuteAsync(Set("small", "1"), None);
        var big = new SetState("big", new byte[100_000]);
        await store.ExecuteAsync(big, None);

        var error = await Assert.ThrowsAnyAsync<Exception>(() => store.TransactAsync([Set("small", "2"), big with { Key = "big2" }], None).AsTask());
        Assert.Contains("full", error.Message, StringComparison.Ordinal);
        Assert.Contains("full.db", error.Message, StringComparison.Ordinal);
        Assert.Equal("1", Text(await store.GetAsync("small", None)));

        await store.ExecuteAsync(new DeleteState("big"), None);
        await store.ExecuteAsync(big with { Key = "big2" }, None);
        Assert.NotNull(await store.GetAsync("big2", None));
    }

    [Fact]
    public async Task A_read_only_database_is_read_and_refuses_writes()
    {
        await Store.ExecuteAsync(Set("k", "1"), None);
        await Store.DisposeAsync();
        await using var store = await OpenAsync(new() { ["connectionString"] = "file:data/state.db?mode=ro" });
        Assert.Equal("1", Text(await store.GetAsync("k", None)));
        var error = await Assert.ThrowsAnyAsync<Exception>(() => store.ExecuteAsync(Set("k", "2"), None).AsTask());
        Assert.Contains("read-only", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("timeout", "0s", "at least one second")]
    [InlineData("busyTimeout", "soon", "no duration")]
    [InlineData("tableName", "state; DROP TABLE x", "ASCII")]
    [InlineData("connectionString", "file:x.db?_pragma=journal_mode(DELETE)", "disableWAL")]
    [InlineData("connectionString", "", "missing")]
    [InlineData("connectionString", "notes.txt", "no SQLite database")]
    [InlineData("connectionString", ".", "cannot be opened")]
    public async Task Wrong_metadata_names_file_line_and_key(string key, string value, string problem)
    {
        await System.IO.File.WriteAllTextAsync(Path.Combine(_place.Folder, "notes.txt"), new string('x', 4096));
        var error = await Assert.ThrowsAsync<ComponentException>(() =>
            _place.MakeAsync<IStateStore>("state.sqlite", new() { ["connectionString"] = "x.db", [key] = value }));
        Assert.Contains("store.yaml:9", error.Message, StringComparison.Ordinal);
        Assert.Contains($"metadata '{key}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:with%20space.db?cache=private&_txlock=immediate", "with space.db")]
    [InlineData("odd #%?name.db", "odd #%")]
    [InlineData("deep/er/x.db", "deep/er/x.db")]
    public async Task A_connection_string_resolves_in_the_folder_of_the_app(string connectionString, string file)
    {
        await using var store = await _place.MakeAsync<IStateStore>("state.sqlite", new() { ["connectionString"] = connectionString });
        Assert.True(System.IO.File.Exists(Path.Combine(_place.Folder, file)));
    }

    protected override Task<IStateStore> OpenAsync() => OpenAsync([]);

    private async Task<IStateStore> OpenAsync(Dictionary<string, string> metadata)
    {
        metadata.TryAdd("connectionString", "data/state.db");
        metadata.TryAdd("busyTimeout", "20s");
        return await _place.MakeAsync<IStateStore>("state.sqlite", metadata, Clock);
    }

    private List<string> Query(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = new SqliteCommand(sql, connection);
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(reader.GetString(0));
        return rows;
    }
}

/// <summary>The same store without a file.</summary>
public sealed class SqliteInMemoryStateTests : StateStoreConformance
{
    private readonly ComponentPlace _place = new();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _place.DisposeAsync();
    }

    protected override Task<IStateStore> OpenAsync() =>
        _place.MakeAsync<IStateStore>("state.sqlite", new() { ["connectionString"] = ":memory:" }, Clock);
}
