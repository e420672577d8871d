using System.Collections.Concurrent;
using Conformance;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Configurations;
using Sidecar.Servers;

namespace Components.Tests.PostgreSql;

/// <summary>Configuration in a table, with the trigger that Dapr's documentation describes.</summary>
[NeedsServer("postgresql")]
public sealed class PostgreSqlConfigurationTests(SharedServer<PostgreSqlServer> server) : IClassFixture<SharedServer<PostgreSqlServer>>, IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly Dictionary<string, string> s_nothing = [];
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly ComponentPlace _components = new();
    private readonly ConcurrentQueue<string> _told = new();
    private PostgreSqlPlace _place = null!;

    private string Table => _place.Prefix + "settings";

    private string Channel => _place.Prefix + "changes";

    public async Task InitializeAsync()
    {
        if (PostgreSqlServer.Missing is not null)
            return;
        _place = new PostgreSqlPlace(server.Server);
        await _place.QueryAsync($"""
            CREATE TABLE {Table} (key varchar NOT NULL, value varchar NOT NULL, version varchar NOT NULL, metadata json);
            CREATE FUNCTION {_place.Prefix}notify() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM pg_notify('{Channel}', json_build_object('table', TG_TABLE_NAME, 'action', TG_OP, 'data', CASE TG_OP WHEN 'DELETE' THEN row_to_json(OLD) ELSE row_to_json(NEW) END)::text);
                RETURN NULL;
            END $$;
            CREATE TRIGGER changes AFTER INSERT OR UPDATE OR DELETE ON {Table} FOR EACH ROW EXECUTE FUNCTION {_place.Prefix}notify();
            """);
    }

    public async Task DisposeAsync()
    {
        await _components.DisposeAsync();
        if (_place is not null)
            await _place.DisposeAsync();
    }

    [ConformanceFact]
    public async Task Rows_are_read_with_version_and_metadata_some_by_key_or_all()
    {
        await _place.QueryAsync($$"""INSERT INTO {{Table}} VALUES ('a', '1', 'v1', '{"team":"blue"}'), ('b', '2', 'v7', NULL)""");
        await using var store = await OpenAsync();
        var some = await store.GetAsync(["a", "missing"], s_nothing, None);
        Assert.Equal("a", Assert.Single(some).Key);
        Assert.Equal(("1", "v1", "blue"), (some["a"].Value, some["a"].Version, some["a"].Metadata["team"]));
        Assert.Equal(["a", "b"], (await store.GetAsync([], s_nothing, None)).Keys.Order());
    }

    [ConformanceFact]
    public async Task Of_several_rows_of_one_key_the_highest_version_counts()
    {
        await _place.QueryAsync($"INSERT INTO {Table} VALUES ('a', 'nine', '9', NULL), ('a', 'ten', '10', NULL), ('a', 'none', 'v11', NULL), ('b', 'first', 'x', NULL), ('b', 'second', 'y', NULL)");
        await using var store = await OpenAsync();
        var items = await store.GetAsync([], s_nothing, None);
        Assert.Equal(("ten", "first"), (items["a"].Value, items["b"].Value));
    }

    [ConformanceFact]
    public async Task Changes_of_the_keys_asked_for_are_told_until_the_subscription_ends()
    {
        await using var store = await OpenAsync();
        var one = await store.SubscribeAsync(["a"], new Dictionary<string, string> { ["pgNotifyChannel"] = Channel }, TellAsync, None);
        await _place.QueryAsync($$"""INSERT INTO {{Table}} VALUES ('other', '0', 'v1', NULL), ('a', '1', 'v1', '{"team":"blue"}')""");
        await UntilToldAsync(1);
        await _place.QueryAsync($"UPDATE {Table} SET value = '2', version = 'v2' WHERE key = 'a'");
        await UntilToldAsync(2);
        // A removed row comes as it was, as from Dapr.
        await _place.QueryAsync($"DELETE FROM {Table} WHERE key = 'a'");
        await UntilToldAsync(3);
        Assert.Equal(["a=1 (v1) blue", "a=2 (v2) blue", "a=2 (v2) blue"], _told);
        await one.DisposeAsync();

        await using var all = await store.SubscribeAsync([], new Dictionary<string, string> { ["pgNotifyChannel"] = Channel }, TellAsync, None);
        await _place.QueryAsync($"INSERT INTO {Table} VALUES ('c', '3', 'v1', NULL)");
        await UntilToldAsync(4);
        Assert.Equal("c=3 (v1) ", _told.Last());
    }

    [ConformanceFact]
    public async Task The_channel_of_the_component_goes_before_that_of_the_request()
    {
        await using var store = await OpenAsync(metadata => metadata["notifyChannel"] = Channel);
        await using var subscription = await store.SubscribeAsync([], new Dictionary<string, string> { ["pgNotifyChannel"] = "another" }, TellAsync, None);
        await _place.QueryAsync($"INSERT INTO {Table} VALUES ('a', '1', 'v1', NULL)");
        await UntilToldAsync(1);
    }

    [ConformanceFact]
    public async Task A_notification_that_nobody_understands_does_not_end_the_subscription()
    {
        await using var store = await OpenAsync(metadata => metadata["notifyChannel"] = Channel);
        await using var subscription = await store.SubscribeAsync([], s_nothing, TellAsync, None);
        await _place.QueryAsync($"""SELECT pg_notify('{Channel}', 'no json'), pg_notify('{Channel}', '[]')""");
        await _place.QueryAsync($"INSERT INTO {Table} VALUES ('a', '1', 'v1', NULL)");
        await UntilToldAsync(1);
    }

    [ConformanceFact]
    public async Task A_subscription_whose_session_was_ended_by_the_server_listens_again()
    {
        await using var store = await OpenAsync(metadata => metadata["notifyChannel"] = Channel);
        await using var subscription = await store.SubscribeAsync([], s_nothing, TellAsync, None);
        var old = Assert.Single(await ListenersAsync());
        await _place.QueryAsync($"SELECT pg_terminate_backend({old})");

        // The old session may be seen for a moment more.
        await UntilAsync(async () => await ListenersAsync() is [var other] && other != old);
        await _place.QueryAsync($"INSERT INTO {Table} VALUES ('a', '1', 'v1', NULL)");
        await UntilToldAsync(1);
    }

    [ConformanceFact]
    public async Task What_cannot_be_asked_or_named_is_refused_with_the_reason()
    {
        await using var store = await OpenAsync();
        Assert.Contains("pgNotifyChannel", (await Assert.ThrowsAsync<ArgumentException>(() => store.SubscribeAsync([], s_nothing, TellAsync, None))).Message, StringComparison.Ordinal);
        Assert.Contains("only ASCII", (await Assert.ThrowsAsync<ArgumentException>(
            () => store.SubscribeAsync([], new Dictionary<string, string> { ["pgNotifyChannel"] = "a; DROP TABLE b" }, TellAsync, None))).Message, StringComparison.Ordinal);
        Assert.Contains("invalid key", (await Assert.ThrowsAsync<ArgumentException>(() => store.GetAsync(["a-b"], s_nothing, None).AsTask())).Message, StringComparison.Ordinal);
        Assert.Contains("'table'", (await Assert.ThrowsAsync<ComponentException>(() => OpenAsync(metadata => metadata.Remove("table")))).Message, StringComparison.Ordinal);
    }

    private Task<IReadOnlyList<string>> ListenersAsync() => _place.QueryAsync($"SELECT pid FROM pg_stat_activity WHERE query = 'LISTEN {Channel}' AND state = 'idle'");

    private Task<IConfigurationStore> OpenAsync(Action<Dictionary<string, string>>? change = null)
    {
        var metadata = new Dictionary<string, string> { ["connectionString"] = _place.Metadata("v2")["connectionString"], ["table"] = Table };
        change?.Invoke(metadata);
        return _components.MakeAsync<IConfigurationStore>("configuration.postgresql", metadata, initTimeout: TimeSpan.FromSeconds(60));
    }

    private Task TellAsync(IReadOnlyDictionary<string, ConfigurationItem> items, CancellationToken cancellationToken)
    {
        foreach (var (key, item) in items)
            _told.Enqueue($"{key}={item.Value} ({item.Version}) {item.Metadata.GetValueOrDefault("team")}");
        return Task.CompletedTask;
    }

    private Task UntilToldAsync(int count) => UntilAsync(() => Task.FromResult(_told.Count >= count));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(s_patience);
        while (!await condition())
            await Task.Delay(5, limit.Token);
    }
}
