using Conformance;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.State;
using Sidecar.Servers;
using Sidecar.Testing;

namespace Components.Tests.PostgreSql;

/// <summary>What real daprd finds in a database of ours, and we in one of its.</summary>
[NeedsServer("postgresql")]
public sealed class PostgreSqlSharedDatabaseTests(SharedServer<PostgreSqlServer> server) : IClassFixture<SharedServer<PostgreSqlServer>>, IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
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
    public async Task The_tables_of_version_1_are_those_of_daprd()
    {
        await using var store = await _place.OpenAsync("v1");

        Assert.Equal(
            [
                "key|text|NO|", "value|jsonb|NO|", "isbinary|boolean|NO|", "insertdate|timestamp with time zone|NO|now()", "updatedate|timestamp with time zone|YES|",
                "expiredate|timestamp with time zone|YES|", "row_id|bigint|NO|",
            ],
            await ColumnsAsync(_place.Table));
        Assert.Equal(["key|text|NO|", "value|text|NO|"], await ColumnsAsync(_place.MetadataTable));
        Assert.Equal(["lock|lock", "migrations|3"], await _place.QueryAsync($"SELECT key, value FROM {_place.MetadataTable} ORDER BY key"));
    }

    [ConformanceFact]
    public async Task The_tables_of_version_2_are_those_of_daprd()
    {
        await using var store = await _place.OpenAsync("v2");

        Assert.Equal(
            [
                "key|text|NO|", "value|bytea|NO|", "etag|uuid|NO|gen_random_uuid()", "created_at|timestamp with time zone|NO|now()",
                "updated_at|timestamp with time zone|YES|", "expires_at|timestamp with time zone|YES|", "row_id|bigint|NO|",
            ],
            await ColumnsAsync(_place.Table));
        Assert.Equal(["lock|lock", $"migrations-state-v2-{_place.Prefix}|2"], await _place.QueryAsync($"SELECT key, value FROM {_place.MetadataTable} ORDER BY key"));
        Assert.Equal(["BY DEFAULT"], await _place.QueryAsync($"SELECT identity_generation FROM information_schema.columns WHERE table_name = '{_place.Table}' AND column_name = 'row_id'"));
    }

    [ConformanceFact]
    public async Task Version_1_keeps_json_as_jsonb_and_bytes_as_base64()
    {
        await using var store = await _place.OpenAsync("v1");
        await store.ExecuteAsync(new SetState("app||json", """{"b":1, "a":"x"}"""u8.ToArray()) { IsJson = true }, None);
        await store.ExecuteAsync(new SetState("app||bytes", new byte[] { 0, 1, 255 }), None);
        await store.ExecuteAsync(new SetState("app||zero", """{"a":"\u0000"}"""u8.ToArray()) { IsJson = true }, None);

        Assert.Equal(
            ["""app||bytes|"AAH/"|True""", """app||json|{"a": "x", "b": 1}|False""", """app||zero|"eyJhIjoiXHUwMDAwIn0="|True"""],
            await _place.QueryAsync($"SELECT key, value::text, isbinary FROM {_place.Table} ORDER BY key"));
        Assert.Equal("""{"a": "x", "b": 1}"""u8.ToArray(), (await store.GetAsync("app||json", None))!.Value.ToArray());
        Assert.Equal("""{"a":"\u0000"}"""u8.ToArray(), (await store.GetAsync("app||zero", None))!.Value.ToArray());
    }

    [ConformanceFact]
    public async Task What_an_app_saves_over_HTTP_is_jsonb_in_version_1()
    {
        await using var sidecar = await TestSidecar.For("shop").WithoutApp().WithComponent(new Component
        {
            Name = "statestore",
            Type = "state.postgresql",
            Version = "v1",
            InitTimeout = TimeSpan.FromSeconds(60),
            Metadata = new Dictionary<string, string>(_place.Metadata("v1"), StringComparer.OrdinalIgnoreCase),
        }).StartAsync();
        using var saving = new StringContent("""[{"key":"order","value":{"total":12,"lines":[]}}]""", System.Text.Encoding.UTF8, "application/json");
        using var saved = await sidecar.Http.PostAsync(new Uri("/v1.0/state/statestore", UriKind.Relative), saving);

        Assert.Equal(System.Net.HttpStatusCode.NoContent, saved.StatusCode);
        Assert.Equal(["shop||order|12|False"], await _place.QueryAsync($"SELECT key, value->>'total', isbinary FROM {_place.Table}"));
    }

    [ConformanceFact]
    public async Task Version_2_keeps_bytes()
    {
        await using var store = await _place.OpenAsync("v2");
        await store.ExecuteAsync(new SetState("app||k", new byte[] { 0, 1, 255 }, TimeToLive: TimeSpan.FromSeconds(60)), None);
        await store.ExecuteAsync(new SetState("app||k", new byte[] { 0, 1, 254 }, TimeToLive: TimeSpan.FromSeconds(60)), None);

        Assert.Equal(
            ["app||k|0001fe|True|True"],
            await _place.QueryAsync($"SELECT key, encode(value, 'hex'), updated_at >= created_at, expires_at = updated_at + interval '60 seconds' FROM {_place.Table}"));
    }

    [ConformanceFact]
    public async Task Rows_of_daprd_are_read_changed_and_deleted_by_their_etag()
    {
        await using var first = await _place.OpenAsync("v1");
        await _place.QueryAsync($"INSERT INTO {_place.Table} (key, value, isbinary, expiredate) VALUES ('app||j', '[1]', false, NULL), ('app||b', '\"AAH/\"', true, now() + interval '1 hour'), ('app||old', '1', false, now() - interval '1 second')");
        var items = await first.GetManyAsync(["app||j", "app||b", "app||old"], None);
        Assert.Equal("[1]"u8.ToArray(), items[0]!.Value.ToArray());
        Assert.Equal(new byte[] { 0, 1, 255 }, items[1]!.Value.ToArray());
        Assert.Null(items[2]);
        Assert.Equal(await _place.QueryAsync($"SELECT xmin::text FROM {_place.Table} WHERE key = 'app||j'"), [items[0]!.ETag]);
        await first.TransactAsync([new SetState("app||j", "2"u8.ToArray(), items[0]!.ETag), new DeleteState("app||b", items[1]!.ETag)], None);
        Assert.Equal(["app||j"], (await first.ListKeysAsync("app||", null, 10, None)).Keys);
    }

    [ConformanceFact]
    public async Task Rows_of_daprd_version_2_are_read_and_changed_by_their_etag()
    {
        await using var store = await _place.OpenAsync("v2");
        await _place.QueryAsync($"INSERT INTO {_place.Table} (key, value, etag) VALUES ('app||k', '\\x0001ff', '0f8fad5b-d9cb-469f-a165-70867728950e')");
        var item = await store.GetAsync("app||k", None);
        Assert.Equal(new byte[] { 0, 1, 255 }, item!.Value.ToArray());
        Assert.Equal("0f8fad5b-d9cb-469f-a165-70867728950e", item.ETag);
        await store.ExecuteAsync(new SetState("app||k", "2"u8.ToArray(), item.ETag), None);
        Assert.NotEqual(item.ETag, (await store.GetAsync("app||k", None))!.ETag);
    }

    [ConformanceFact]
    public async Task A_table_of_an_older_daprd_is_brought_up_to_date_with_its_rows()
    {
        await _place.QueryAsync($"""
            CREATE TABLE {_place.MetadataTable} (key text NOT NULL PRIMARY KEY, value text NOT NULL);
            INSERT INTO {_place.MetadataTable} VALUES ('lock', 'lock'), ('migrations', '1');
            CREATE TABLE {_place.Table} (key text NOT NULL PRIMARY KEY, value jsonb NOT NULL, isbinary boolean NOT NULL, insertdate timestamptz NOT NULL DEFAULT now(), updatedate timestamptz);
            INSERT INTO {_place.Table} VALUES ('b', '1', false, now() - interval '2 hours'), ('a', '2', false, now());
            """);
        await using var store = await _place.OpenAsync("v1");
        await store.ExecuteAsync(new SetState("c", "3"u8.ToArray(), TimeToLive: TimeSpan.FromHours(1)), None);

        Assert.Equal(["b|1", "a|2", "c|3"], await _place.QueryAsync($"SELECT key, row_id FROM {_place.Table} ORDER BY row_id"));
        Assert.Equal(["a", "b", "c"], (await store.ListKeysAsync("", null, 10, None)).Keys);
    }

    [ConformanceFact]
    public async Task Many_sidecars_make_the_tables_of_an_empty_database_at_once()
    {
        var places = Enumerable.Range(0, 6).Select(_ => new ComponentPlace()).ToList();
        var stores = await Task.WhenAll(places.Select(place => Task.Run(() => place.MakeAsync<IStateStore>("state.postgresql", _place.Metadata("v2"), initTimeout: TimeSpan.FromSeconds(60), version: "v2"))));

        await Task.WhenAll(stores.Select((store, i) => store.ExecuteAsync(new SetState($"k{i}", "1"u8.ToArray()), None).AsTask()));
        Assert.Equal(6, (await stores[0].ListKeysAsync("k", null, 10, None)).Keys.Count);

        foreach (var (store, place) in stores.Zip(places))
        {
            await store.DisposeAsync();
            await place.DisposeAsync();
        }
    }

    [ConformanceFact]
    public async Task Lapsed_rows_are_removed_by_one_sidecar_each_interval()
    {
        var clock = new SteppedClock();
        await using var store = await _place.OpenAsync("v2", metadata => metadata["cleanupInterval"] = "1m", clock);
        await store.ExecuteAsync(new SetState("gone", "1"u8.ToArray(), TimeToLive: TimeSpan.FromSeconds(1)), None);
        await store.ExecuteAsync(new SetState("kept", "1"u8.ToArray(), TimeToLive: TimeSpan.FromHours(1)), None);
        await _place.AgeAsync("v2", TimeSpan.FromSeconds(5));

        clock.Step(TimeSpan.FromMinutes(1));
        await WaitUntilAsync(async () => (await _place.QueryAsync($"SELECT key FROM {_place.Table}")) is ["kept"]);
        var marked = await _place.QueryAsync($"SELECT key, value FROM {_place.MetadataTable} WHERE key LIKE 'last-cleanup%'");
        Assert.StartsWith($"last-cleanup-state-v2-{_place.Prefix}|20", Assert.Single(marked), StringComparison.Ordinal);

        // Another sidecar's turn comes within the interval, by the database's clock: it leaves the work alone.
        await _place.QueryAsync($"UPDATE {_place.Table} SET expires_at = now() - interval '1 second'");
        clock.Step(TimeSpan.FromMinutes(1));
        await store.GetAsync("kept", None);
        Assert.Equal(["kept"], await _place.QueryAsync($"SELECT key FROM {_place.Table}"));
    }

    [ConformanceFact]
    public async Task Keys_are_in_the_order_of_their_bytes_and_found_by_an_index_whatever_the_collation()
    {
        await using var store = await _place.OpenAsync("v2");
        await _place.QueryAsync($"ALTER TABLE {_place.Table} ALTER COLUMN key TYPE text COLLATE \"und-x-icu\"");
        await store.TransactAsync([.. ((string[])["a||B", "a||a", "a||_", "a||é", "a||0", "a||A", "b"]).Select(key => new SetState(key, "1"u8.ToArray()))], None);

        Assert.Equal(["a||0", "a||A", "a||B", "a||_", "a||a", "a||é"], (await store.ListKeysAsync("a||", null, 10, None)).Keys);
        Assert.Equal(6, await store.DeleteWithPrefixAsync("a||", None));
        var plan = await _place.QueryAsync(
            $"SET enable_seqscan = off; EXPLAIN SELECT key FROM {_place.Table} WHERE key ~>=~ 'a' AND key ~<~ 'b' AND key ~>~ '' ORDER BY key USING ~<~ LIMIT 5");
        Assert.Contains(plan, line => line.Contains("key_idx", StringComparison.Ordinal));
    }

    private Task<IReadOnlyList<string>> ColumnsAsync(string table) =>
        _place.QueryAsync($"SELECT column_name, data_type, is_nullable, column_default FROM information_schema.columns WHERE table_name = '{table}' ORDER BY ordinal_position");

    private static async Task WaitUntilAsync(Func<Task<bool>> condition)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await condition())
            late.Token.ThrowIfCancellationRequested();
    }
}
