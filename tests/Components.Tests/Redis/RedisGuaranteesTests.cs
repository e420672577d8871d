using System.Net;
using System.Net.Http.Json;
using System.Text;
using Conformance;
using Sidecar.Runtime.State;
using Sidecar.Servers;
using Sidecar.Testing;

namespace Components.Tests.Redis;

/// <summary>
/// Why Redis is not the default store: each test shows one guarantee that the platform's unit of work or the workflow engine rests on and that Dapr's Redis store
/// does not give, beside what a store that rolls back does. This is daprd's behaviour too.
/// </summary>
[NeedsServer("redis")]
public sealed class RedisGuaranteesTests(SharedServer<RedisServer> redis) : IClassFixture<SharedServer<RedisServer>>, IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly ComponentPlace _place = new();
    private readonly string _id = Guid.NewGuid().ToString("N");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [ConformanceFact]
    public async Task An_inbox_entry_and_an_outbox_record_stay_although_the_change_they_belong_to_was_refused()
    {
        foreach (var (type, kept) in ((string, bool)[])[("state.redis", true), ("state.sqlite", false)])
        {
            await using var sidecar = await SidecarOn(type);
            await SaveAsync(sidecar, "order", "submitted");
            await SaveAsync(sidecar, "order", "changed by somebody else");
            // The transaction of one unit of work: the document with the version it was read in, the event to publish, the message that was handled.
            using var answer = await sidecar.Http.PostAsJsonAsync("v1.0/state/statestore/transaction", new
            {
                operations = new object[]
                {
                    new { operation = "upsert", request = new { key = _id + "order", value = "paid", etag = type == "state.redis" ? "1" : "stale", options = new { concurrency = "first-write" } } },
                    new { operation = "upsert", request = new { key = _id + "outbox", value = "OrderPaid" } },
                    new { operation = "upsert", request = new { key = _id + "inbox", value = "message 7" } },
                },
            });

            Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
            Assert.Equal("\"changed by somebody else\"", await ReadAsync(sidecar, "order"));
            // Kept: the event leaves without its change, and the message that came again would be taken for handled.
            Assert.Equal(kept ? "\"OrderPaid\"" : "", await ReadAsync(sidecar, "outbox"));
            Assert.Equal(kept ? "\"message 7\"" : "", await ReadAsync(sidecar, "inbox"));
        }
    }

    [ConformanceFact]
    public async Task Two_hosts_can_append_to_one_workflow_history_because_first_write_is_not_checked_in_a_transaction()
    {
        foreach (var (type, overwritten) in ((string, bool)[])[("state.redis", true), ("state.sqlite", false)])
        {
            await using var store = await StoreOn(type);
            StateOperation[] Turn(string host) => [new SetState(_id + "history-0", Encoding.UTF8.GetBytes(host), FirstWrite: true), new SetState(_id + "metadata", Encoding.UTF8.GetBytes(host))];
            await store.TransactAsync(Turn("first"), None);
            var second = await Record.ExceptionAsync(() => store.TransactAsync(Turn("second"), None).AsTask());

            Assert.Equal(overwritten, second is null);
            Assert.Equal(overwritten ? "second" : "first", Encoding.UTF8.GetString((await store.GetAsync(_id + "history-0", None))!.Value.Span));
        }
    }

    [ConformanceFact]
    public async Task A_document_that_was_deleted_meanwhile_comes_back_because_an_etag_on_a_missing_key_is_not_checked()
    {
        foreach (var (type, revived) in ((string, bool)[])[("state.redis", true), ("state.sqlite", false)])
        {
            await using var store = await StoreOn(type);
            await store.ExecuteAsync(new SetState(_id, "1"u8.ToArray()), None);
            var etag = (await store.GetAsync(_id, None))!.ETag;
            await store.ExecuteAsync(new DeleteState(_id), None);
            var refusal = await Record.ExceptionAsync(() => store.ExecuteAsync(new SetState(_id, "2"u8.ToArray(), etag), None).AsTask());

            Assert.Equal(revived, refusal is null);
            Assert.Equal(revived, await store.GetAsync(_id, None) is not null);
        }
    }

    [ConformanceFact]
    public async Task A_version_begins_again_with_a_new_document_so_that_an_old_reader_can_overwrite_it()
    {
        foreach (var (type, overwritten) in ((string, bool)[])[("state.redis", true), ("state.sqlite", false)])
        {
            await using var store = await StoreOn(type);
            await store.ExecuteAsync(new SetState(_id, "old"u8.ToArray()), None);
            var etag = (await store.GetAsync(_id, None))!.ETag;
            await store.ExecuteAsync(new DeleteState(_id), None);
            await store.ExecuteAsync(new SetState(_id, "new"u8.ToArray()), None);
            var refusal = await Record.ExceptionAsync(() => store.ExecuteAsync(new SetState(_id, "from the old"u8.ToArray(), etag), None).AsTask());

            Assert.Equal(overwritten, refusal is null);
        }
    }

    [ConformanceFact]
    public async Task A_save_does_not_lift_the_time_to_live_of_an_earlier_one()
    {
        foreach (var (type, stays) in ((string, bool)[])[("state.redis", true), ("state.sqlite", false)])
        {
            await using var store = await StoreOn(type);
            await store.ExecuteAsync(new SetState(_id, "1"u8.ToArray(), TimeToLive: TimeSpan.FromMinutes(10)), None);
            await store.ExecuteAsync(new SetState(_id, "2"u8.ToArray()), None);
            Assert.Equal(stays, (await store.GetAsync(_id, None))!.ExpiresAt is not null);
        }
    }

    private Task<IStateStore> StoreOn(string type) => _place.MakeAsync<IStateStore>(type, type == "state.redis"
        ? new() { ["redisHost"] = redis.Server.Address, ["redisDB"] = "3" }
        : new() { ["connectionString"] = "state.db" });

    private Task<TestSidecar> SidecarOn(string type)
    {
        var builder = TestSidecar.For("orders").WithoutApp();
        return (type == "state.redis"
            ? builder.WithComponent("statestore", type, ("redisHost", redis.Server.Address), ("redisDB", "3"))
            : builder.WithSqliteState("statestore")).StartAsync();
    }

    private async Task SaveAsync(TestSidecar sidecar, string key, string value)
    {
        using var answer = await sidecar.Http.PostAsJsonAsync("v1.0/state/statestore", new[] { new { key = _id + key, value } });
        Assert.True(answer.IsSuccessStatusCode);
    }

    private Task<string> ReadAsync(TestSidecar sidecar, string key) => sidecar.Http.GetStringAsync($"v1.0/state/statestore/{_id}{key}");
}
