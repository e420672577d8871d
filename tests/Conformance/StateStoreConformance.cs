using System.Text;
using Sidecar.Runtime.State;

namespace Conformance;

/// <summary>What every state store must do, whatever keeps its data. A store's own test class derives from this.</summary>
public abstract class StateStoreConformance : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    protected SteppedClock Clock { get; } = new();

    protected IStateStore Store { get; private set; } = null!;

    /// <summary>What this store is held to; only a store that Dapr has so promises less than everything.</summary>
    protected virtual StateStorePromises Promises => new();

    public async Task InitializeAsync() => Store = await OpenAsync();

    public virtual async Task DisposeAsync() => await Store.DisposeAsync();

    protected abstract Task<IStateStore> OpenAsync();

    /// <summary>Time by the clock the store goes by.</summary>
    protected virtual DateTimeOffset Now => Clock.GetUtcNow();

    /// <summary>Lets time pass for everything that is stored.</summary>
    protected virtual Task PassAsync(TimeSpan time)
    {
        Clock.Step(time);
        return Task.CompletedTask;
    }

    [ConformanceFact]
    public async Task A_missing_key_reads_as_nothing() => Assert.Null(await Store.GetAsync("app||missing", None));

    [ConformanceFact]
    public async Task A_saved_value_comes_back_with_an_etag_that_changes_with_every_save()
    {
        await Store.ExecuteAsync(Set("k", "1"), None);
        var first = await Store.GetAsync("k", None);
        await Store.ExecuteAsync(Set("k", "2"), None);
        var second = await Store.GetAsync("k", None);

        Assert.Equal("1", Text(first));
        Assert.Equal("2", Text(second));
        Assert.NotEqual(first!.ETag, second!.ETag);
        Assert.NotEmpty(second.ETag);
    }

    private static readonly Dictionary<string, byte[]> s_values = new()
    {
        ["JSON"] = """{"b":1,"a":[1.0,"\u00e4ö€😀"]}"""u8.ToArray(),
        ["JSON with odd spacing"] = "  {\n\t\"x\" : 1.10 }\r\n"u8.ToArray(),
        ["plain text"] = "no JSON at all"u8.ToArray(),
        ["nothing"] = [],
        ["a zero byte in text"] = "a\0b"u8.ToArray(),
        ["every byte"] = [.. Enumerable.Range(0, 256).Select(i => (byte)i)],
        ["broken UTF-8"] = [0xC3, 0x28, 0xFF],
        ["3 MiB"] = [.. Enumerable.Range(0, 3 << 20).Select(i => (byte)(i * 31))],
    };

    [ConformanceFact]
    public async Task Any_bytes_come_back_as_they_were_saved()
    {
        foreach (var (name, value) in s_values)
        {
            await Store.ExecuteAsync(new SetState("app||" + name, value), None);
            var back = (await Store.GetAsync("app||" + name, None))!.Value.ToArray();
            Assert.True(value.SequenceEqual(back), $"{name} came back as something else");
        }
    }

    [ConformanceFact]
    public async Task Any_key_is_taken_as_it_is()
    {
        foreach (var key in (string[])["with space", "a/b?c=d&e%20'\"`;--", "Ünïcödé-😀", "app||type||id||key"])
        {
            await Store.ExecuteAsync(Set(key, "v"), None);
            Assert.Equal(key, (await Store.GetAsync(key, None))!.Key);
            Assert.Contains(key, (await Store.ListKeysAsync("", null, 10, None)).Keys);
        }
    }

    [ConformanceFact]
    public async Task The_saved_bytes_are_a_copy()
    {
        var buffer = "before"u8.ToArray();
        await Store.ExecuteAsync(new SetState("k", buffer), None);
        buffer.AsSpan().Fill((byte)'x');
        Assert.Equal("before", Text(await Store.GetAsync("k", None)));
    }

    [ConformanceFact]
    public async Task A_save_with_the_current_etag_is_taken_and_with_an_old_one_refused()
    {
        await Store.ExecuteAsync(Set("k", "1"), None);
        var old = (await Store.GetAsync("k", None))!.ETag;
        await Store.ExecuteAsync(Set("k", "2") with { ETag = old }, None);

        var refusal = await Assert.ThrowsAsync<ETagMismatchException>(() => Store.ExecuteAsync(Set("k", "3") with { ETag = old }, None).AsTask());
        Assert.Equal("k", refusal.Key);
        Assert.Equal("2", Text(await Store.GetAsync("k", None)));
    }

    [ConformanceFact]
    public async Task An_etag_on_a_missing_key_is_refused()
    {
        if (!Promises.ChecksETagOfMissingKey)
            return;
        await Assert.ThrowsAsync<ETagMismatchException>(() => Store.ExecuteAsync(Set("k", "1") with { ETag = Promises.ForeignETag }, None).AsTask());
        await Assert.ThrowsAsync<ETagMismatchException>(() => Store.ExecuteAsync(new DeleteState("k", Promises.ForeignETag), None).AsTask());
        Assert.Null(await Store.GetAsync("k", None));
    }

    [ConformanceFact]
    public async Task A_first_write_succeeds_once()
    {
        await Store.ExecuteAsync(Set("k", "1") with { FirstWrite = true }, None);
        await Assert.ThrowsAsync<ETagMismatchException>(() => Store.ExecuteAsync(Set("k", "2") with { FirstWrite = true }, None).AsTask());
        Assert.Equal("1", Text(await Store.GetAsync("k", None)));
    }

    [ConformanceFact]
    public async Task A_delete_removes_and_repeating_it_is_no_error()
    {
        await Store.ExecuteAsync(Set("k", "1"), None);
        await Store.ExecuteAsync(new DeleteState("k"), None);
        await Store.ExecuteAsync(new DeleteState("k"), None);
        Assert.Null(await Store.GetAsync("k", None));
    }

    [ConformanceFact]
    public async Task A_delete_with_an_old_etag_is_refused_and_with_the_current_one_done()
    {
        await Store.ExecuteAsync(Set("k", "1"), None);
        var old = (await Store.GetAsync("k", None))!.ETag;
        await Store.ExecuteAsync(Set("k", "2"), None);
        await Assert.ThrowsAsync<ETagMismatchException>(() => Store.ExecuteAsync(new DeleteState("k", old), None).AsTask());
        await Store.ExecuteAsync(new DeleteState("k", (await Store.GetAsync("k", None))!.ETag), None);
        Assert.Null(await Store.GetAsync("k", None));
    }

    [ConformanceFact]
    public async Task Several_keys_are_answered_in_the_order_asked()
    {
        await Store.TransactAsync([Set("a", "1"), Set("c", "3")], None);
        var items = await Store.GetManyAsync(["c", "b", "a", "c"], None);
        Assert.Equal(["3", null, "1", "3"], items.Select(item => item is null ? null : Text(item)));
        Assert.Empty(await Store.GetManyAsync([], None));
    }

    [ConformanceFact]
    public async Task A_transaction_makes_all_its_changes()
    {
        await Store.ExecuteAsync(Set("gone", "x"), None);
        await Store.TransactAsync([Set("a", "1"), new DeleteState("gone"), Set("b", "2"), Set("a", "3")], None);
        Assert.Equal(["3", "2", null], (await Store.GetManyAsync(["a", "b", "gone"], None)).Select(item => item is null ? null : Text(item)));
    }

    [ConformanceFact]
    public async Task A_transaction_with_one_refused_change_makes_none()
    {
        if (!Promises.RollsBack)
            return;
        await Store.TransactAsync([Set("a", "1"), Set("b", "1")], None);
        var before = (await Store.GetAsync("a", None))!.ETag;

        await Assert.ThrowsAsync<ETagMismatchException>(() => Store.TransactAsync(
            [Set("a", "2"), Set("new", "2"), new DeleteState("b"), Set("b", "3") with { ETag = Promises.ForeignETag }], None).AsTask());

        Assert.Equal(["1", "1", null], (await Store.GetManyAsync(["a", "b", "new"], None)).Select(item => item is null ? null : Text(item)));
        Assert.Equal(before, (await Store.GetAsync("a", None))!.ETag);
    }

    [ConformanceFact]
    public async Task A_refused_transaction_does_not_disturb_others_that_run_at_the_same_time()
    {
        if (!Promises.RollsBack)
            return;
        var all = Enumerable.Range(0, 200).Select(async i =>
        {
            try
            {
                await Store.TransactAsync(
                    [Set($"x{i}", "1"), Set($"y{i}", "1") with { ETag = i % 3 == 0 ? Promises.ForeignETag : null }, Set($"z{i}", "1")], None);
                return true;
            }
            catch (ETagMismatchException)
            {
                return false;
            }
        });
        var taken = await Task.WhenAll(all.Select(one => Task.Run(() => one)));

        for (var i = 0; i < taken.Length; i++)
        {
            Assert.Equal(i % 3 != 0, taken[i]);
            Assert.All(await Store.GetManyAsync([$"x{i}", $"y{i}", $"z{i}"], None), item => Assert.Equal(taken[i], item is not null));
        }
    }

    [ConformanceFact]
    public async Task Of_many_writers_with_the_same_etag_exactly_one_wins_each_round()
    {
        await Store.ExecuteAsync(Set("counter", "0"), None);
        for (var round = 1; round <= 20; round++)
        {
            var current = (await Store.GetAsync("counter", None))!;
            var wins = await Task.WhenAll(Enumerable.Range(0, 64).Select(writer => Task.Run(async () =>
            {
                try
                {
                    await Store.ExecuteAsync(Set("counter", $"{round}/{writer}") with { ETag = current.ETag }, None);
                    return 1;
                }
                catch (ETagMismatchException)
                {
                    return 0;
                }
            })));
            Assert.Equal(1, wins.Sum());
            Assert.StartsWith($"{round}/", Text(await Store.GetAsync("counter", None)), StringComparison.Ordinal);
        }
    }

    [ConformanceFact]
    public async Task A_value_lapses_when_its_time_to_live_is_over()
    {
        await Store.ExecuteAsync(Set("k", "1") with { TimeToLive = TimeSpan.FromSeconds(100) }, None);
        Assert.Equal(Now.AddSeconds(100), (await Store.GetAsync("k", None))!.ExpiresAt!.Value, Promises.ClockPrecision);

        await PassAsync(TimeSpan.FromSeconds(80));
        Assert.Equal("1", Text(await Store.GetAsync("k", None)));

        await PassAsync(TimeSpan.FromSeconds(21));
        Assert.Null(await Store.GetAsync("k", None));
        Assert.Equal([null], await Store.GetManyAsync(["k"], None));
        Assert.Empty((await Store.ListKeysAsync("", null, 10, None)).Keys);
        Assert.Equal(0, await Store.DeleteWithPrefixAsync("k", None));
    }

    [ConformanceFact]
    public async Task A_lapsed_key_counts_as_missing_for_writes()
    {
        await Store.ExecuteAsync(Set("k", "1") with { TimeToLive = TimeSpan.FromSeconds(1) }, None);
        var etag = (await Store.GetAsync("k", None))!.ETag;
        await PassAsync(TimeSpan.FromSeconds(2));

        if (Promises.ChecksETagOfMissingKey)
        {
            await Assert.ThrowsAsync<ETagMismatchException>(() => Store.ExecuteAsync(Set("k", "2") with { ETag = etag }, None).AsTask());
            await Assert.ThrowsAsync<ETagMismatchException>(() => Store.ExecuteAsync(new DeleteState("k", etag), None).AsTask());
        }

        await Store.ExecuteAsync(Set("k", "3") with { FirstWrite = true }, None);
        var item = await Store.GetAsync("k", None);
        Assert.Equal("3", Text(item));
        Assert.Null(item!.ExpiresAt);
    }

    [ConformanceFact]
    public async Task A_save_without_a_time_to_live_clears_the_former_one()
    {
        if (!Promises.SaveClearsTimeToLive)
            return;
        await Store.ExecuteAsync(Set("k", "1") with { TimeToLive = TimeSpan.FromSeconds(1) }, None);
        await Store.ExecuteAsync(Set("k", "2"), None);
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("2", Text(await Store.GetAsync("k", None)));
    }

    [ConformanceFact]
    public async Task A_time_to_live_of_zero_takes_the_former_one_away()
    {
        await Store.ExecuteAsync(Set("k", "1") with { TimeToLive = TimeSpan.FromSeconds(1) }, None);
        await Store.ExecuteAsync(Set("k", "2") with { TimeToLive = TimeSpan.Zero }, None);
        await PassAsync(TimeSpan.FromSeconds(2));
        Assert.Equal("2", Text(await Store.GetAsync("k", None)));
    }

    [ConformanceFact]
    public async Task Keys_are_listed_by_prefix_in_order_and_in_pages()
    {
        var keys = Enumerable.Range(0, 25).Select(i => $"a||{i:00}").ToList();
        await Store.TransactAsync([.. keys.AsEnumerable().Reverse().Append("a|").Append("a}").Append("b||00").Select(key => Set(key, "1"))], None);

        var found = new List<string>();
        string? token = null;
        var pages = 0;
        do
        {
            var page = await Store.ListKeysAsync("a||", token, 10, None);
            Assert.InRange(page.Keys.Count, 1, 10);
            found.AddRange(page.Keys);
            token = page.ContinuationToken;
            pages++;
        }
        while (token is not null);

        Assert.Equal(keys, found);
        Assert.Equal(3, pages);
        Assert.Null((await Store.ListKeysAsync("a||", null, 25, None)).ContinuationToken);
        Assert.Empty((await Store.ListKeysAsync("zzz", null, 10, None)).Keys);
    }

    [ConformanceFact]
    public async Task A_prefix_is_taken_literally()
    {
        await Store.TransactAsync([Set("a%b", "1"), Set("axb", "1"), Set("a_b", "1"), Set("A%b", "1")], None);
        Assert.Equal(["a%b"], (await Store.ListKeysAsync("a%", null, 10, None)).Keys);
        Assert.Equal(1, await Store.DeleteWithPrefixAsync("a_", None));
        Assert.Equal(["A%b", "a%b", "axb"], (await Store.ListKeysAsync("", null, 10, None)).Keys);
    }

    [ConformanceFact]
    public async Task A_prefix_is_deleted_in_one_change()
    {
        await Store.TransactAsync([Set("app||t||1", "1"), Set("app||t||2", "1"), Set("app||u||1", "1")], None);
        Assert.Equal(2, await Store.DeleteWithPrefixAsync("app||t||", None));
        Assert.Equal(["app||u||1"], (await Store.ListKeysAsync("", null, 10, None)).Keys);
        Assert.Equal(0, await Store.DeleteWithPrefixAsync("app||t||", None));
    }

    [ConformanceFact]
    public async Task A_cancelled_call_changes_nothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.ExecuteAsync(Set("k", "1"), new CancellationToken(canceled: true)).AsTask());
        Assert.Null(await Store.GetAsync("k", None));
    }

    protected static SetState Set(string key, string value) => new(key, Encoding.UTF8.GetBytes(value));

    protected static string Text(StateItem? item) => Encoding.UTF8.GetString(Assert.IsType<StateItem>(item).Value.Span);
}
