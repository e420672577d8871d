using Conformance;
using Npgsql;
using Sidecar.Components.PostgreSql;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.State;
using Sidecar.Servers;

namespace Components.Tests.PostgreSql;

/// <summary>What the server refuses, and what others do to it at the same time.</summary>
[NeedsServer("postgresql")]
public sealed class PostgreSqlRefusalTests(SharedServer<PostgreSqlServer> server) : IClassFixture<SharedServer<PostgreSqlServer>>, IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(500);
    private PostgreSqlPlace _place = null!;

    public Task InitializeAsync()
    {
        if (PostgreSqlServer.Missing is null)
            _place = new PostgreSqlPlace(server.Server);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        if (_place is not null)
            await _place.DisposeAsync();
    }

    [ConformanceFact]
    public async Task A_wrong_password_is_refused_at_once_and_not_shown()
    {
        await _place.QueryAsync($"CREATE ROLE {_place.Prefix}locked LOGIN PASSWORD 'right'");
        var rules = Path.Combine(server.Server.DataFolder, "pg_hba.conf");
        await File.WriteAllTextAsync(rules, $"host all {_place.Prefix}locked 127.0.0.1/32 scram-sha-256\n" + await File.ReadAllTextAsync(rules));
        var before = (await _place.QueryAsync("SELECT pg_conf_load_time()::text"))[0];
        await _place.QueryAsync("SELECT pg_reload_conf()");
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await _place.QueryAsync("SELECT pg_conf_load_time()::text"))[0] == before)
            late.Token.ThrowIfCancellationRequested();

        var refusal = await Assert.ThrowsAsync<ComponentException>(() => _place.OpenAsync("v2", metadata =>
        {
            metadata["user"] = $"{_place.Prefix}locked";
            metadata["password"] = "wrong-one";
        }));
        Assert.Contains("the user or the password is refused", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("under-test", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{server.Server.Port}", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-one", refusal.ToString(), StringComparison.Ordinal);
    }

    [ConformanceFact]
    public async Task A_missing_database_is_refused_at_once_with_the_way_out()
    {
        var refusal = await Assert.ThrowsAsync<ComponentException>(() => _place.OpenAsync("v2", metadata => metadata["database"] = "nowhere"));
        Assert.Contains("\"nowhere\" does not exist; create it", refusal.Message, StringComparison.Ordinal);
    }

    [ConformanceFact]
    public async Task A_database_that_is_read_only_is_refused_at_the_start()
    {
        var refusal = await Assert.ThrowsAsync<ComponentException>(
            () => _place.OpenAsync("v2", metadata => metadata["connectionString"] += "&default_transaction_read_only=on"));
        Assert.Contains("read-only", refusal.Message, StringComparison.Ordinal);
    }

    [ConformanceFact]
    public async Task A_database_that_becomes_read_only_can_still_be_read_and_says_why_it_takes_nothing()
    {
        var database = $"{_place.Prefix}db";
        await _place.QueryAsync($"CREATE DATABASE {database}");
        await using var store = await _place.OpenAsync("v2", metadata => metadata["database"] = database);
        await store.ExecuteAsync(new SetState("k", "1"u8.ToArray()), None);
        await _place.QueryAsync($"ALTER DATABASE {database} SET default_transaction_read_only = on");
        await _place.QueryAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'");

        Assert.NotNull(await store.GetAsync("k", None));
        var refusal = await Assert.ThrowsAsync<PostgreSqlStoreException>(() => store.ExecuteAsync(new SetState("k", "2"u8.ToArray()), None).AsTask());
        Assert.Contains("the database is read-only", refusal.Message, StringComparison.Ordinal);
    }

    [ConformanceFact]
    public async Task A_full_disk_saves_nothing_and_says_so()
    {
        await using var store = await _place.OpenAsync("v2");
        await _place.QueryAsync($"""
            CREATE FUNCTION {_place.Prefix}full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
            CREATE TRIGGER full_disk BEFORE INSERT ON {_place.Table} FOR EACH ROW WHEN (NEW.key = 'last') EXECUTE FUNCTION {_place.Prefix}full();
            """);
        var refusal = await Assert.ThrowsAsync<PostgreSqlStoreException>(
            () => store.TransactAsync([new SetState("first", "1"u8.ToArray()), new SetState("last", "1"u8.ToArray())], None).AsTask());
        Assert.Contains("its disk is full", refusal.Message, StringComparison.Ordinal);
        Assert.Null(await store.GetAsync("first", None));
    }

    [ConformanceFact]
    public async Task A_key_that_it_cannot_keep_is_refused()
    {
        await using var store = await _place.OpenAsync("v2");
        var random = new Random(1);
        var tooLong = await Assert.ThrowsAsync<PostgreSqlStoreException>(
            () => store.ExecuteAsync(new SetState(string.Concat(Enumerable.Range(0, 12_000).Select(_ => (char)random.Next('!', '~'))), "1"u8.ToArray()), None).AsTask());
        var zero = await Assert.ThrowsAsync<PostgreSqlStoreException>(() => store.ExecuteAsync(new SetState("a\0b", "1"u8.ToArray()), None).AsTask());
        Assert.Contains("larger than it takes", tooLong.Message, StringComparison.Ordinal);
        Assert.Contains("cannot hold the character zero", zero.Message, StringComparison.Ordinal);
    }

    [ConformanceFact]
    public async Task A_removed_table_is_named()
    {
        await using var store = await _place.OpenAsync("v2");
        await _place.QueryAsync($"DROP TABLE {_place.Table}");
        var refusal = await Assert.ThrowsAsync<PostgreSqlStoreException>(() => store.GetAsync("k", None).AsTask());
        Assert.Contains($"\"{_place.Table}\" does not exist; it was removed", refusal.Message, StringComparison.Ordinal);
        var again = await Assert.ThrowsAsync<ComponentException>(() => _place.OpenAsync("v2"));
        Assert.Contains("metadataTableName", again.Message, StringComparison.Ordinal);
    }

    [ConformanceFact]
    public async Task A_transaction_that_the_server_undid_for_a_deadlock_is_made_again()
    {
        await using var store = await _place.OpenAsync("v2", metadata => metadata["connectionString"] += "&deadlock_timeout=50ms");
        SetState[] changes = [.. ((string[])["a", "b", "c"]).Select(key => new SetState(key, "2"u8.ToArray()))];
        await store.TransactAsync(changes, None);
        await using var others = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = server.Server.Port, Username = "postgres", Options = "-c deadlock_timeout=1min" });
        await using var first = await others.OpenConnectionAsync();
        await using var second = await others.OpenConnectionAsync();
        await using var holdsB = await first.BeginTransactionAsync();
        await using var holdsC = await second.BeginTransactionAsync();
        await ExecuteAsync(first, $"UPDATE {_place.Table} SET value = 'x' WHERE key = 'b'");
        await ExecuteAsync(second, $"UPDATE {_place.Table} SET value = 'x' WHERE key = 'c'");

        // Ours holds a and waits for b, the second holds c and waits for a; let go of b, ours asks for c and closes the circle.
        var ours = store.TransactAsync(changes, None).AsTask();
        await WaitForWaitersAsync(1);
        var theirs = ExecuteAsync(second, $"UPDATE {_place.Table} SET value = 'x' WHERE key = 'a'");
        await WaitForWaitersAsync(2);
        await holdsB.RollbackAsync();
        await theirs;
        await holdsC.CommitAsync();
        await ours;

        Assert.All(await store.GetManyAsync(["a", "b", "c"], None), item => Assert.Equal("2"u8.ToArray(), item!.Value.ToArray()));
    }

    [ConformanceFact]
    public async Task Writers_of_one_key_get_through_where_the_database_is_serializable()
    {
        await using var store = await _place.OpenAsync("v2", metadata => metadata["connectionString"] += "&default_transaction_isolation=serializable");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
                await store.ExecuteAsync(new SetState("k", new[] { (byte)writer, (byte)i }), None);
        })));
        Assert.Equal(9, (await store.GetAsync("k", None))!.Value.Span[1]);
    }

    [ConformanceFact]
    public async Task Transactions_over_the_same_keys_in_any_order_do_not_block_each_other()
    {
        await using var store = await _place.OpenAsync("v2");
        var keys = Enumerable.Range(0, 8).Select(i => $"k{i}").ToArray();
        await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(async () =>
        {
            var order = keys.ToArray();
            new Random(i).Shuffle(order);
            await store.TransactAsync([.. order.Select(key => new SetState(key, new[] { (byte)i }))], None);
        })));
        Assert.Single((await store.GetManyAsync(keys, None)).Select(item => item!.Value.Span[0]).Distinct());
    }

    [ConformanceFact]
    public async Task More_callers_than_connections_wait_for_their_turn()
    {
        await using var store = await _place.OpenAsync("v2", metadata => metadata["maxConns"] = "2");
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => store.ExecuteAsync(new SetState($"k{i}", "1"u8.ToArray()), None).AsTask()));
        Assert.Equal(50, (await store.ListKeysAsync("k", null, 100, None)).Keys.Count);
    }

    [ConformanceFact]
    public async Task A_server_without_a_free_connection_is_named_with_what_helps()
    {
        await _place.QueryAsync($"CREATE ROLE {_place.Prefix}few LOGIN SUPERUSER CONNECTION LIMIT 0");
        await _place.QueryAsync($"ALTER ROLE {_place.Prefix}few NOSUPERUSER");
        var refusal = await Assert.ThrowsAsync<ComponentException>(() => _place.OpenAsync("v2", metadata => metadata["user"] = $"{_place.Prefix}few", initTimeout: s_short));
        Assert.Contains("takes no more connections", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("spec.initTimeout", refusal.Message, StringComparison.Ordinal);
    }

    private async Task WaitForWaitersAsync(int count)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await _place.QueryAsync($"SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%{_place.Table}%'")).Count != count)
            late.Token.ThrowIfCancellationRequested();
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
